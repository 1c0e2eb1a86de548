import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "../../shared/define-directive.ts";
import type { ClientIdentity } from "../request/handle-operation.ts";

/** Claims that name the application a token was issued to (OpenID Connect, RFC 8693). */
const CLIENT_CLAIMS = ["azp", "client_id"];

/**
 * Which application sends a request: what its verified token says, else what it says itself, unverified, in the
 * headers `apollographql-client-name` and `apollographql-client-version`.
 */
export function identifyClient(headers: IncomingHttpHeaders, { principal }: Caller): ClientIdentity {
  const version = text(headers["apollographql-client-version"]);
  if (principal.kind === "authenticated")
    for (const claim of CLIENT_CLAIMS) {
      const name = principal.claims[claim];
      if (typeof name === "string" && name !== "") return { name, version, isVerified: true };
    }
  return { name: text(headers["apollographql-client-name"]), version, isVerified: false };
}

function text(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
