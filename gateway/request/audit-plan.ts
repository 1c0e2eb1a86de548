import { printable } from "../../shared/printable.ts";
import type { Counted } from "../execution/operation-shape.ts";
import { coordinateFacts } from "../supergraph/coordinate-facts.ts";
import { entityKey } from "../supergraph/entity-keys.ts";
import type { Decision, FieldPolicy } from "../supergraph/field-policy.ts";
import type { Rule } from "../supergraph/merge-policy.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { rowCheckKey } from "./filter-operation.ts";

/** A field of an operation whose deliveries and refusals are recorded, with all that does not depend on the request. */
export interface AuditedField {
  /** Of the tally. */
  readonly slot: number;
  readonly coordinate: string;
  readonly product: string | null;
  readonly classification: string | null;
  /** Whether values are given out only once their record is durable. */
  readonly isDurable: boolean;
  /** How it is delivered, and what decided that. */
  readonly mask: string | null;
  readonly rule: string;
  /** Whether its entities can be named. */
  readonly hasEntities: boolean;
}

/** An audited field that the operation asks for and does not get. */
export interface AuditedRefusal {
  /** As it was selected, perhaps on an interface. */
  readonly coordinate: string;
  readonly product: string | null;
  readonly classification: string | null;
  readonly rule: string;
}

/** What is recorded of an operation with one decision. */
export interface AuditPlan {
  readonly fields: readonly AuditedField[];
  readonly refusals: readonly AuditedRefusal[];
}

/** The plan of operations in which nothing is audited. */
export const NO_AUDIT: AuditPlan = Object.freeze({ fields: [], refusals: [] });

/** Which fields of a supergraph are audited, and how their entities are named; null where one is not. */
export interface AuditRules {
  readonly isDurable: boolean;
  /** Fields of the same object that name its entity. */
  readonly key: readonly string[];
}

/** What directives say that is to be recorded: `@audit`, and whatever is classified RESTRICTED (governance.md §3). */
export function auditRules(supergraph: Supergraph, type: string, field: string): AuditRules | null {
  const policy = supergraph.fieldPolicies.of(type, field);
  if (!policy) return null;
  const levels = policy.rules.flatMap(({ directive, applications }) =>
    applications.flatMap((args) => directive.audits?.(args) ?? []),
  );
  if (levels.length === 0) return null;
  return { isDurable: levels.includes("DURABLE"), key: entityKey(supergraph, type) };
}

/** Gives each audited coordinate of one operation its slot while the shape is built. */
export class AuditSlots {
  readonly #supergraph: Supergraph;
  readonly #counted = new Map<string, Counted | null>();
  readonly #rules = new Map<string, AuditRules>();

  constructor(supergraph: Supergraph) {
    this.#supergraph = supergraph;
  }

  readonly count = (type: string, field: string): Counted | null => {
    const coordinate = `${type}.${field}`;
    const known = this.#counted.get(coordinate);
    if (known !== undefined) return known;
    const rules = auditRules(this.#supergraph, type, field);
    const counted = rules && { slot: this.#rules.size, subjectKeys: rules.key.map(rowCheckKey) };
    if (rules) this.#rules.set(coordinate, rules);
    this.#counted.set(coordinate, counted);
    return counted;
  };

  /**
   * The plan of the operation whose shape was built with {@link count}.
   *
   * @param refused the refused fields as the client selected them, and by which rule
   */
  plan(decisions: ReadonlyMap<string, Decision>, refused: Iterable<RefusedPlace>): AuditPlan {
    const supergraph = this.#supergraph;
    const fields = [...this.#rules].map(([coordinate, { isDurable, key }], slot) => {
      const [type = "", field = ""] = coordinate.split(".");
      const policy = supergraph.fieldPolicies.of(type, field);
      const delivered = recordable(describeDelivery(policy, decisions.get(coordinate)));
      const hasEntities = key.length > 0;
      return { slot, isDurable, hasEntities, ...placeFacts(supergraph, coordinate), ...delivered };
    });
    const refusals = new Map<string, AuditedRefusal>();
    for (const { coordinate, rule } of refused) {
      const [type = "", field = ""] = coordinate.split(".");
      if (refusals.has(coordinate) || !auditRules(supergraph, type, field)) continue;
      const text = rule ? describeRule(rule) : "refused";
      refusals.set(coordinate, recordable({ ...placeFacts(supergraph, coordinate), rule: text }));
    }
    return fields.length + refusals.size > 0 ? { fields, refusals: [...refusals.values()] } : NO_AUDIT;
  }
}

interface RefusedPlace {
  readonly coordinate: string;
  readonly rule: Rule | null;
}

function placeFacts(supergraph: Supergraph, coordinate: string) {
  const { product, classification } = coordinateFacts(supergraph, coordinate);
  const id = product === null ? null : printable(product.id);
  return {
    coordinate: printable(coordinate, COORDINATE),
    product: id,
    classification: classification?.level ?? null,
  };
}

function describeDelivery(
  policy: FieldPolicy | null,
  decision: Decision | undefined,
): Pick<AuditedField, "mask" | "rule"> {
  const judged = policy?.judged ?? [];
  if (decision?.delivered.kind === "mask") {
    const { delivered, deliveredBy } = decision;
    return { mask: delivered.mask.key, rule: deliveredBy ? describeRule(deliveredBy) : "masked" };
  }
  const rehearsed = decision?.rehearsed ?? null;
  if (rehearsed) return { mask: null, rule: `dry run, not enforced: ${describeRule(rehearsed.rule)}` };
  const met = judged.map(describeRule);
  return { mask: null, rule: met.length > 0 ? `met: ${met.join("; ")}` : "no rule refuses" };
}

/** Characters of what is recorded of a rule. */
const RULE = 2000;
/** Of a coordinate, of letters, digits and `_`: the audit is asked by it, and no index takes more than 2,700. */
const COORDINATE = 1000;

/** The domain's own words, which must not be able to spoil a record. */
function recordable<Decided extends { readonly rule: string }>(decided: Decided): Decided {
  return { ...decided, rule: printable(decided.rule, RULE) };
}

/** A rule for people: directive, place, and what it says. */
export function describeRule({ directive, coordinate, applications }: Rule): string {
  const said = applications.map((args) => directive.describe(args)).join("; ");
  return `@${directive.name} on ${coordinate}${said === "" ? "" : `: ${said}`}`;
}
