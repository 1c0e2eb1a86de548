import {
  type FieldDefinition,
  type InterfaceType,
  isInterfaceType,
  isObjectType,
  type ObjectType,
  type Schema,
} from "@apollo/federation-internals";
import { Kind, parse, type SelectionSetNode } from "graphql";

/** A selection of fields by name, with those below; null for leaves. */
export type FieldTree = ReadonlyMap<string, FieldTree | null>;

/** What a subgraph says of one of its fields. */
export interface SubgraphField {
  /** Only known to it where it is provided, or as an input. */
  readonly external: boolean;
  readonly requires: FieldTree | null;
  /** The same, as it is written. */
  readonly requiresSet: SelectionSetNode | null;
  readonly provides: FieldTree | null;
}

/** What a supergraph's join directives say of one subgraph. */
export interface SubgraphFields {
  /** Keys by which entities of the type can be fetched from it. */
  readonly resolvableKeys: (type: string) => readonly FieldTree[];
  /** Undefined where the subgraph does not have the field. */
  readonly field: (type: string, field: string) => SubgraphField | undefined;
  /** Name of the type that a field returns, lists and non-null stripped; undefined without the field. */
  readonly returns: (type: string, field: string) => string | undefined;
  /** Names of the object types that a value of the type can be; the type itself for an object type. */
  readonly possibleTypes: (type: string) => ReadonlySet<string>;
}

/** Reads one subgraph from the supergraph's schema (join specification, v0.3 to v0.5). */
export function subgraphFields(schema: Schema, subgraph: string): SubgraphFields {
  const graph = graphValue(schema, subgraph);
  const known = cacheOf(schema);
  const cached = known.get(subgraph);
  if (cached) return cached;
  const fields: SubgraphFields = {
    resolvableKeys: remember((type) => keysOf(composite(schema, type), graph)),
    field: rememberPair((type, field) => fieldOf(composite(schema, type)?.field(field), graph)),
    returns: (type, field) => baseName(composite(schema, type)?.field(field)),
    possibleTypes: remember((type) => possibleTypes(schema, type)),
  };
  known.set(subgraph, fields);
  return fields;
}

/** Parses the argument of `@key`, `@requires` or `@provides`. */
export function parseFieldSet(text: string): FieldTree {
  const set = parseSelection(text);
  return set ? treeOf(set) : new Map();
}

function parseSelection(text: string): SelectionSetNode | null {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : null;
}

const caches = new WeakMap<Schema, Map<string, SubgraphFields>>();

function cacheOf(schema: Schema): Map<string, SubgraphFields> {
  const known = caches.get(schema) ?? new Map<string, SubgraphFields>();
  caches.set(schema, known);
  return known;
}

/** The value of `join__Graph` that stands for a subgraph. */
function graphValue(schema: Schema, subgraph: string): string | undefined {
  const graphs = schema.type("join__Graph");
  if (graphs?.kind !== "EnumType") return undefined;
  return graphs.values.find((value) =>
    value.appliedDirectivesOf("join__graph").some((directive) => directive.arguments().name === subgraph),
  )?.name;
}

function composite(schema: Schema, name: string): ObjectType | InterfaceType | undefined {
  const type = schema.type(name);
  return type && (isObjectType(type) || isInterfaceType(type)) ? type : undefined;
}

function keysOf(
  type: ObjectType | InterfaceType | undefined,
  graph: string | undefined,
): readonly FieldTree[] {
  const applied = type?.appliedDirectivesOf("join__type") ?? [];
  return applied.flatMap((directive) => {
    const { graph: of, key, resolvable } = directive.arguments();
    return of === graph && typeof key === "string" && resolvable !== false ? [parseFieldSet(key)] : [];
  });
}

/** A field without `@join__field` is in every subgraph that has its type. */
function fieldOf(
  field: FieldDefinition<ObjectType | InterfaceType> | undefined,
  graph: string | undefined,
): SubgraphField | undefined {
  const applied = field?.appliedDirectivesOf("join__field").map((directive) => directive.arguments()) ?? [];
  const own = applied.find((directive) => directive.graph === graph);
  if (!field || (applied.some((directive) => directive.graph !== undefined) && !own)) return undefined;
  const { external, requires, provides } = own ?? {};
  return {
    external: external === true,
    requires: typeof requires === "string" ? parseFieldSet(requires) : null,
    requiresSet: typeof requires === "string" ? parseSelection(requires) : null,
    provides: typeof provides === "string" ? parseFieldSet(provides) : null,
  };
}

function baseName(field: FieldDefinition<ObjectType | InterfaceType> | undefined): string | undefined {
  let type = field?.type;
  while (type && (type.kind === "ListType" || type.kind === "NonNullType")) type = type.ofType;
  return type?.name;
}

function possibleTypes(schema: Schema, name: string): ReadonlySet<string> {
  const type = schema.type(name);
  if (type?.kind === "InterfaceType") return new Set(type.possibleRuntimeTypes().map((item) => item.name));
  if (type?.kind === "UnionType") return new Set(type.types().map((item) => item.name));
  return new Set([name]);
}

function treeOf(set: SelectionSetNode): FieldTree {
  const tree = new Map<string, FieldTree | null>();
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD)
      tree.set(node.name.value, node.selectionSet ? treeOf(node.selectionSet) : null);
    else if (node.kind === Kind.INLINE_FRAGMENT) {
      for (const [key, below] of treeOf(node.selectionSet)) tree.set(key, below);
    }
  }
  return tree;
}

function remember<T>(read: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const value = known.get(name) ?? read(name);
    known.set(name, value);
    return value;
  };
}

function rememberPair<T>(read: (a: string, b: string) => T): (a: string, b: string) => T {
  const byName = remember((a) => remember((b) => read(a, b)));
  return (a, b) => byName(a)(b);
}
