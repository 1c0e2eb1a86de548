import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { AuditArchive } from "../audit/audit-store.ts";
import { whoSaw } from "../audit/query-audit.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { requireSteward } from "./require-steward.ts";
import { restErrors } from "./rest-errors.ts";
import type { RouteExtension } from "./server.ts";

export interface AuditRouteOptions {
  readonly identify: IdentifyCaller;
  /** Null where nothing is recorded. */
  readonly archive: AuditArchive | null;
}

/** Groups of like deliveries in one answer. */
const MAX_ACCESSES = 500;

const text = z.string().min(1).max(1000);
const body = z.strictObject({
  coordinate: z.string().regex(/^\w+\.\w+$/, "expected a coordinate such as Customer.email"),
  /** Hours back from now: up to 90 days. */
  hours: z.int().min(1).max(2160).default(168),
  entity: text.optional(),
  subject: text.optional(),
});

/**
 * `POST /governance/audit/who`: who got a field's values, or tried to, and why, for the governance team alone. Each
 * search is logged with who asked.
 */
export function createAuditRoute(options: AuditRouteOptions): RouteExtension {
  return { prefix: "/governance/audit", register: async (app) => register(app, options) };
}

function register(app: FastifyInstance, { identify, archive }: AuditRouteOptions): void {
  app.setErrorHandler(restErrors());
  app.post("/who", async (request) => {
    const { subject: by } = requireSteward(await identify(request.raw));
    const { coordinate, hours, entity, subject } = body.parse(request.body);
    request.log.info({ by, coordinate, entity, subject }, "the audit is searched");
    if (archive === null)
      throw new ClientError("AUDIT_NOT_PREPARED", "This gateway records no deliveries: no audit is named.");
    const accesses = await whoSaw(archive, {
      coordinate,
      since: Date.now() - hours * 3_600_000,
      ...(entity === undefined ? {} : { entity }),
      ...(subject === undefined ? {} : { subject }),
    });
    return {
      data: { accesses: accesses.slice(0, MAX_ACCESSES), isTruncated: accesses.length > MAX_ACCESSES },
    };
  });
}
