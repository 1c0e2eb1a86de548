/** A place where a directive may stand, in the composed schema. */
export interface Placement {
  /** `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
  readonly coordinate: string;
  /** The last name in the coordinate: of the type, field, argument or value. */
  readonly name: string;
  readonly location: DirectiveLocation;
  /** The GraphQL type of a field or argument, as printed in SDL; null on types. */
  readonly type: string | null;
  /** What leaf it is, or returns in a list or not; null where it is, or returns, objects. */
  readonly leafKind: LeafKind | null;
  /** True where the field is part of a `@key` of its type. */
  readonly key: boolean;
  /** True where the type is an entity: an object with a `@key`. */
  readonly entity: boolean;
  /** True where a directive that {@link DirectiveDefinition.protects} holds: here, on the type or the return type. */
  readonly isProtected: boolean;
  /** For objects: the lists that they are delivered in. */
  readonly lists: readonly ListPlace[];
  /** For inputs of searches: protected fields that their name suggests they search by. */
  readonly suggests: readonly string[];
  /** A field of any type by its coordinate, or null where there is none. */
  readonly fieldAt: (coordinate: string) => FieldFacts | null;
}

/** A field that returns objects of a type in a list, directly or wrapped in edges. */
export interface ListPlace {
  readonly coordinate: string;
  /** The subgraphs that resolve it. */
  readonly subgraphs: readonly string[];
  /** True where the parent is nothing but a page of the list, such as a connection. */
  readonly isPage: boolean;
  readonly siblings: readonly ListSibling[];
}

/** Another field of the type that has the list. */
export interface ListSibling {
  readonly coordinate: string;
  readonly name: string;
  readonly leafKind: LeafKind | null;
  readonly subgraphs: readonly string[];
}

export interface FieldFacts {
  /** The GraphQL type as printed in SDL. */
  readonly type: string;
  readonly leafKind: LeafKind | null;
  readonly hasRequiredArguments: boolean;
}

/** A built-in scalar by its name, an enum or a custom scalar. */
export type LeafKind = "String" | "ID" | "Int" | "Float" | "Boolean" | "enum" | "custom";

/** Where a directive may stand, as GraphQL names it. */
export type DirectiveLocation =
  | "SCHEMA"
  | "OBJECT"
  | "INTERFACE"
  | "UNION"
  | "SCALAR"
  | "ENUM"
  | "ENUM_VALUE"
  | "INPUT_OBJECT"
  | "FIELD_DEFINITION"
  | "ARGUMENT_DEFINITION"
  | "INPUT_FIELD_DEFINITION";
