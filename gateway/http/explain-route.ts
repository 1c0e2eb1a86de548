import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Caller } from "../../shared/define-directive.ts";
import { ANONYMOUS, type Principal } from "../../shared/principal.ts";
import type { Explain } from "../request/explain.ts";
import type { RuleOrigins } from "../supergraph/rule-origins.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import type { CallerIdentification, IdentifyCaller } from "./identify-caller.ts";
import { requireSteward } from "./require-steward.ts";
import { restErrors } from "./rest-errors.ts";
import type { RouteExtension } from "./server.ts";

export interface ExplainRouteOptions {
  readonly explain: Explain;
  readonly identify: IdentifyCaller;
  readonly callerOf: CallerIdentification["callerOf"];
  readonly supergraphs: { readonly current: () => Supergraph; readonly origins: () => RuleOrigins };
  /** Whether callers may have their own operations explained, or only the governance team may. */
  readonly forStewardsOnly: boolean;
}

const names = z.array(z.string().min(1).max(1000)).max(1000);
/** Somebody else than who asks: facts as a token would state them. */
const other = z.strictObject({
  subject: z.string().min(1).max(1000).default("explained"),
  scopes: names.default([]),
  purpose: z.string().min(1).max(1000).nullable().default(null),
  claims: z.record(z.string(), z.unknown()).default({}),
});
const body = z.strictObject({
  query: z.string(),
  operationName: z.string().nullable().default(null),
  variables: z.record(z.string(), z.unknown()).nullable().default(null),
  as: z.union([z.literal("anonymous"), other]).optional(),
});

/**
 * `POST /governance/explain`: what the gateway would do with an operation, for who asks or, where the governance team
 * asks, for anybody (governance.md §5). Nothing is executed.
 */
export function createExplainRoute(options: ExplainRouteOptions): RouteExtension {
  return { prefix: "/governance", register: async (app) => register(app, options) };
}

function register(app: FastifyInstance, options: ExplainRouteOptions): void {
  const { explain, supergraphs } = options;
  app.setErrorHandler(restErrors());
  app.post("/explain", async (request) => {
    const asking = await options.identify(request.raw);
    if (options.forStewardsOnly) requireSteward(asking);
    const { as, ...asked } = body.parse(request.body);
    const caller = as === undefined ? asking : explainedCaller(as, asking, request, options);
    const variables = asked.variables ?? {};
    const [supergraph, origins] = [supergraphs.current(), supergraphs.origins()];
    return { data: await explain({ ...asked, variables, caller, supergraph, origins }) };
  });
}

/** Whoever else an operation is explained for; the governance team may ask that, nobody else. */
function explainedCaller(
  as: NonNullable<z.infer<typeof body>["as"]>,
  asking: Caller,
  request: FastifyRequest,
  { callerOf }: ExplainRouteOptions,
): Caller {
  const principal = requireSteward(asking);
  if (as === "anonymous") return callerOf(ANONYMOUS, null);
  const { subject, scopes, purpose, claims } = as;
  request.log.info({ by: principal.subject, as: subject }, "an operation is explained for somebody else");
  const { issuer, expiresAt } = principal;
  const explained: Principal = {
    kind: "authenticated",
    subject,
    issuer,
    scopes: new Set(scopes),
    purposes: purpose === null ? { kind: "none" } : { kind: "stated", purpose },
    claims,
    expiresAt,
  };
  return callerOf(explained, null);
}
