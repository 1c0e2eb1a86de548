import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { ALLOW, type Denial, type Mask } from "../../shared/define-directive.ts";
import type { RowPolicy } from "../supergraph/field-policy.ts";
import type { Rule } from "../supergraph/merge-policy.ts";
import type { AuthorisedOperation } from "./authorise.ts";
import type { DryRun } from "./dry-run.ts";
import { enforcedRows } from "./enforced-rows.ts";

/**
 * How a field comes: as it is, transformed, only in some objects (or with some of its objects), or not at all.
 */
export type FieldVerdict = "allowed" | "masked" | "filtered" | "denied";

/** What authorisation decided about one coordinate, at all the places where it decided the same. */
export interface FieldOutcome {
  /** As selected; also of the object types behind an interface, where a rule of theirs applies. */
  readonly coordinate: string;
  readonly verdict: FieldVerdict;
  /** The rule that refused or masked; null where none did. */
  readonly rule: Rule | null;
  readonly denial: Denial | null;
  /** The governed input that the refusal is about, or null. */
  readonly input: string | null;
  /** The refused field above it, or null. */
  readonly below: string | null;
  /** True where it is only missing because everything that was selected of it is refused. */
  readonly isEmptied: boolean;
  readonly mask: Mask | null;
  readonly rows: readonly RowPolicy[];
  /** Response keys from the root, joined by dots; the first ones. */
  readonly paths: readonly string[];
  /** How many paths there are. */
  readonly count: number;
}

/** Paths listed one by one. */
const MAX_PATHS = 20;

/**
 * Reads an authorised operation field by field: nothing is judged here, only what {@link authorise} decided and
 * what is executed is told. In the order of the document, without introspection.
 *
 * @param dryRun as it was authorised with
 */
export function fieldOutcomes(operation: AuthorisedOperation, dryRun: DryRun): readonly FieldOutcome[] {
  return new OutcomeWalk(operation, dryRun, null).run();
}

/**
 * The same outcomes with one path each: what fragments repeat is looked at once, so that an operation that expands to
 * very many fields takes no longer than its text is long.
 */
export function distinctOutcomes(operation: AuthorisedOperation, dryRun: DryRun): readonly FieldOutcome[] {
  return new OutcomeWalk(operation, dryRun, new Map()).run();
}

type Found = Omit<FieldOutcome, "paths" | "count">;

/** Nothing was refused, masked or filtered. */
const PLAIN = {
  verdict: "allowed",
  rule: null,
  denial: null,
  input: null,
  below: null,
  isEmptied: false,
  mask: null,
  rows: [],
} as const;

class OutcomeWalk {
  readonly #operation: AuthorisedOperation;
  readonly #schema;
  readonly #rows;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #found = new Map<string, { readonly outcome: Found; readonly paths: Set<string> }>();

  /** Where each selection set was looked at before: on which type, below which refusal. Null to look at all places. */
  readonly #seen: Map<SelectionSetNode, Set<string>> | null;

  constructor(
    operation: AuthorisedOperation,
    dryRun: DryRun,
    seen: Map<SelectionSetNode, Set<string>> | null,
  ) {
    this.#seen = seen;
    const { supergraph } = operation.variant.prepared;
    this.#operation = operation;
    this.#schema = supergraph.apiSchema;
    this.#rows = enforcedRows(supergraph.fieldPolicies, dryRun);
  }

  run(): readonly FieldOutcome[] {
    const { document, prepared } = this.#operation.variant;
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    const root = this.#schema.getRootType(prepared.operation.operation);
    if (operation && root) this.#walk(operation.selectionSet, root, "", null);
    return [...this.#found.values()].map(({ outcome, paths }) => ({
      ...outcome,
      paths: [...paths].slice(0, MAX_PATHS),
      count: paths.size,
    }));
  }

  #walk(set: SelectionSetNode, parent: GraphQLCompositeType, path: string, above: Found | null): void {
    if (this.#wasSeen(set, `${parent.name} ${above?.coordinate ?? ""}`)) return;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) this.#field(node, parent, path, above);
      else {
        const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        const condition = inner?.typeCondition?.name.value;
        const type = condition === undefined ? parent : this.#schema.getType(condition);
        if (inner && isCompositeType(type)) this.#walk(inner.selectionSet, type, path, above);
      }
    }
  }

  #wasSeen(set: SelectionSetNode, place: string): boolean {
    if (this.#seen === null) return false;
    const places = this.#seen.get(set) ?? new Set();
    this.#seen.set(set, places);
    const wasSeen = places.has(place);
    places.add(place);
    return wasSeen;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, at: string, above: Found | null): void {
    const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value];
    if (!field) return; // __typename, __schema, __type
    const path = `${at}${at === "" ? "" : "."}${node.alias?.value ?? field.name}`;
    const coordinate = `${parent.name}.${field.name}`;
    const outcome = this.#outcome(node, coordinate, above);
    const returned = getNamedType(field.type);
    if (outcome.verdict === "denied") this.#add(outcome, path);
    else for (const item of this.#delivered(parent, field.name, returned)) this.#add(item, path);
    const refused = outcome.verdict === "denied" && !outcome.isEmptied ? outcome : null;
    if (node.selectionSet && isCompositeType(returned))
      this.#walk(node.selectionSet, returned, path, above ?? refused);
  }

  /** What was decided about a field where it stands. */
  #outcome(node: FieldNode, coordinate: string, above: Found | null): Found {
    if (above) {
      const { rule, denial, input } = above;
      return { ...PLAIN, coordinate, verdict: "denied", rule, denial, input, below: above.coordinate };
    }
    const refusal = this.#operation.refusals.get(node);
    if (refusal?.verdict.kind === "deny") {
      const { verdict: denial, rule, input } = refusal;
      return { ...PLAIN, coordinate, verdict: "denied", rule, denial, input };
    }
    const isEmptied = this.#operation.withheld.has(node);
    return { ...PLAIN, coordinate, verdict: isEmptied ? "denied" : "allowed", isEmptied };
  }

  /** How a field that was not refused comes, on each object type whose rules say something. */
  #delivered(parent: GraphQLCompositeType, field: string, returned: GraphQLNamedType): readonly Found[] {
    const visible = this.#possible(returned).flatMap((type) => this.#rows.ofType(type));
    const own = this.#onObject(parent.name, field, visible);
    if (!isAbstractType(parent)) return [own];
    const behind = this.#possible(parent).map((type) => this.#onObject(type, field, visible));
    const isOwn = ({ verdict, rows }: Found) =>
      verdict === "masked" || verdict === "denied" || rows !== visible;
    return [own, ...behind.filter(isOwn)];
  }

  #onObject(type: string, field: string, visible: readonly RowPolicy[]): Found {
    const coordinate = `${type}.${field}`;
    const decision = this.#operation.decisions.get(coordinate);
    const delivered = decision?.delivered ?? ALLOW;
    const rule = decision?.deliveredBy ?? null;
    const valued = this.#rows.ofField(type, field);
    const rows = valued.length === 0 ? visible : [...visible, ...valued];
    if (delivered.kind === "deny")
      return { ...PLAIN, coordinate, verdict: "denied", rule, denial: delivered };
    if (delivered.kind === "mask")
      return { ...PLAIN, coordinate, verdict: "masked", rule, mask: delivered.mask, rows };
    return { ...PLAIN, coordinate, verdict: rows.length > 0 ? "filtered" : "allowed", rows };
  }

  /** The object types that clients know of. */
  #possible(type: GraphQLNamedType): readonly string[] {
    if (!isAbstractType(type)) return [type.name];
    return this.#schema.getPossibleTypes(type).map(({ name }) => name);
  }

  #add(outcome: Found, path: string): void {
    const { coordinate, verdict, input, below, isEmptied } = outcome;
    const key = [coordinate, verdict, input, below, isEmptied].join(" ");
    const known = this.#found.get(key) ?? { outcome, paths: new Set() };
    this.#found.set(key, known);
    known.paths.add(path);
  }
}
