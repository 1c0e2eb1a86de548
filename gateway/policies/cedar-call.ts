import type { CedarValueJson, EntityJson, EntityUid } from "@cedar-policy/cedar-wasm/nodejs";
import type { Caller } from "../../shared/define-directive.ts";
import type { PolicyQuestion } from "../request/evaluate-policies.ts";
import type { NamingProduct } from "../supergraph/named-policies.ts";

/** A question as the Cedar engine takes it. */
export interface CedarCall {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: Record<string, CedarValueJson>;
  readonly entities: EntityJson[];
}

/**
 * What a policy can look at:
 *
 * - `principal`: a `Caller` with `authenticated`, `subject`, `issuer` (texts, empty for nobody), `scopes` (a set) and
 *   `claims` (a record of the token's claims: texts, whole numbers, booleans, lists and records of those);
 * - `action`: `Action::"read"`, or `Action::"write"` in a mutation;
 * - `resource`: the `Product` whose schema names the policy, with `domain` and `coordinates` (where it does);
 * - `context`: `purpose` (empty for none), and the moment in UTC as `now` (milliseconds), `date` (20260630), `hour`
 *   (0 to 23) and `weekday` (1 to 7 from Monday).
 *
 * @param now milliseconds since the epoch
 */
export function cedarCall(question: PolicyQuestion, product: NamingProduct, now: number): CedarCall {
  const { caller, action } = question;
  const principal = { type: "Caller", id: callerId(caller) };
  const resource = { type: "Product", id: product.id };
  return {
    principal,
    action: { type: "Action", id: action },
    resource,
    context: { purpose: caller.purpose ?? "", ...moment(now) },
    entities: [
      { uid: principal, attrs: attributes(caller), parents: [] },
      {
        uid: resource,
        attrs: { domain: product.domain, coordinates: [...product.coordinates] },
        parents: [],
      },
    ],
  };
}

/** Two issuers may give the same subject to different people. */
function callerId({ principal }: Caller): string {
  return principal.kind === "anonymous" ? "" : `${principal.issuer}#${principal.subject}`;
}

function attributes({ principal }: Caller): Record<string, CedarValueJson> {
  if (principal.kind === "anonymous")
    return { authenticated: false, subject: "", issuer: "", scopes: [], claims: {} };
  const { subject, issuer, scopes, claims } = principal;
  return { authenticated: true, subject, issuer, scopes: [...scopes], claims: cedarRecord(claims, 0) };
}

/** Deeper claims are left out. */
const MAX_DEPTH = 8;

function cedarRecord(value: object, depth: number): Record<string, CedarValueJson> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const converted = cedarValue(item, depth + 1);
      return converted === undefined || ESCAPES.has(key) ? [] : [[key, converted]];
    }),
  );
}

/** Keys by which Cedar's JSON writes entities and extension values: a claim must not become one. */
const ESCAPES = new Set(["__entity", "__extn", "__expr"]);

/** Undefined for what Cedar has no value for: null and fractions. */
function cedarValue(value: unknown, depth: number): CedarValueJson | undefined {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.flatMap((item) => cedarValue(item, depth + 1) ?? []);
  return cedarRecord(value, depth);
}

function moment(now: number): Record<string, CedarValueJson> {
  const time = new Date(now);
  const date = time.getUTCFullYear() * 10_000 + (time.getUTCMonth() + 1) * 100 + time.getUTCDate();
  return { now, date, hour: time.getUTCHours(), weekday: time.getUTCDay() || 7 };
}
