import type { GraphQLOutputType } from "graphql";
import type { Mask, RowRule } from "../../shared/define-directive.ts";

/**
 * What the client is to receive: its original operation with `@skip`/`@include` evaluated, fragments expanded
 * and the decisions of authorisation attached, per possible object type. Shared where selections are the
 * same (a DAG), immutable, one per (operation, conditions, decision).
 */
export interface OperationShape {
  readonly kind: "query" | "mutation";
  /** `Query` or `Mutation` as the API schema names it. */
  readonly root: ObjectShape;
  /** How many slots {@link Counted} fields use. */
  readonly slots: number;
}

/** What to deliver of a composite value: the fields for each object type it may turn out to be. */
export interface SelectionShape {
  readonly byType: ReadonlyMap<string, ObjectShape>;
}

export interface ObjectShape {
  readonly typeName: string;
  /** In response order; response keys are unique. */
  readonly fields: readonly FieldShape[];
  /** The object is visible only if every check holds. */
  readonly rowChecks: readonly RowCheck[];
}

/** The merged subgraph data holds the value that a row rule judges under `key`. */
export interface RowCheck {
  readonly key: string;
  readonly rule: RowRule;
}

export interface FieldShape {
  readonly responseKey: string;
  readonly fieldName: string;
  /** `ObjectType.field`. */
  readonly coordinate: string;
  readonly type: GraphQLOutputType;
  /** Null for leaves. */
  readonly selection: SelectionShape | null;
  readonly delivery: Delivery;
  /** The field is null in an object for which not every check holds. */
  readonly checks: readonly RowCheck[];
  /** Set where each delivery is recorded. */
  readonly counted: Counted | null;
}

/** How the deliveries of a field are counted. */
export interface Counted {
  /** Of the tally: one per coordinate. */
  readonly slot: number;
  /** Where merged data holds the key of the entity that the value belongs to; empty where it has none. */
  readonly subjectKeys: readonly string[];
}

export type Delivery =
  | { readonly kind: "value" }
  /** Delivered if every leaf conforms; what does not is a value that does not fit its type. */
  | { readonly kind: "checked"; readonly conforms: (value: unknown) => boolean }
  /** Refused: null, with the null propagated as GraphQL demands; the error is reported elsewhere. */
  | { readonly kind: "denied" }
  | { readonly kind: "masked"; readonly mask: Mask };
