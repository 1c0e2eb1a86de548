import type { IncomingMessage } from "node:http";
import type { Caller } from "../../shared/define-directive.ts";
import type { Principal } from "../../shared/principal.ts";
import type { Authenticate } from "../request/authenticate.ts";

export interface CallerIdentification {
  readonly authenticate: Authenticate;
  readonly callerOf: (principal: Principal, statedPurpose: string | null) => Caller;
}

/** Who sends a request, from its headers; at once where its token is known, or where it has none. */
export type IdentifyCaller = (request: IncomingMessage) => Caller | Promise<Caller>;

/** @returns a function that throws what {@link Authenticate} throws */
export function createIdentifyCaller({ authenticate, callerOf }: CallerIdentification): IdentifyCaller {
  return (request) => {
    const sent = request.headers["x-purpose"];
    const purpose = typeof sent === "string" ? sent : null;
    const principal = authenticate(authorizationHeaders(request));
    return principal instanceof Promise
      ? principal.then((verified) => callerOf(verified, purpose))
      : callerOf(principal, purpose);
  };
}

/** All of them: node keeps only the first of several in `headers`. */
function authorizationHeaders({ rawHeaders, headers }: IncomingMessage): readonly string[] {
  if (headers.authorization === undefined) return NONE;
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "authorization",
  );
}

const NONE: readonly string[] = Object.freeze([]);
