import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from "graphql";
import type { JoinedSchema, JoinField, JoinType } from "../../shared/join-facts.ts";

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
export function subgraphFields(joined: JoinedSchema, subgraph: string): SubgraphFields {
  const known = cacheOf(joined);
  const cached = known.get(subgraph);
  if (cached) return cached;
  const { schema, joins } = joined;
  const graph = joins.graphs.get(subgraph) ?? null;
  const definition = (type: string, field: string) => fieldsType(schema, type)?.getFields()[field];
  const fields: SubgraphFields = {
    resolvableKeys: remember((type) =>
      fieldsType(schema, type) ? keysOf(joins.types.get(type), graph) : [],
    ),
    field: rememberPair((type, field) =>
      definition(type, field) ? fieldOf(joins.fields.get(`${type}.${field}`), graph) : undefined,
    ),
    returns: (type, field) => {
      const found = definition(type, field);
      return found && getNamedType(found.type).name;
    },
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

const caches = new WeakMap<JoinedSchema, Map<string, SubgraphFields>>();

function cacheOf(joined: JoinedSchema): Map<string, SubgraphFields> {
  const known = caches.get(joined) ?? new Map<string, SubgraphFields>();
  caches.set(joined, known);
  return known;
}

/** An object or an interface. */
export function fieldsType(
  schema: GraphQLSchema,
  name: string,
): GraphQLObjectType | GraphQLInterfaceType | undefined {
  const type = schema.getType(name);
  return isObjectType(type) || isInterfaceType(type) ? type : undefined;
}

function keysOf(applied: readonly JoinType[] = [], graph: string | null): readonly FieldTree[] {
  return applied.flatMap(({ graph: of, key, resolvable }) =>
    of === graph && key !== null && resolvable ? [parseFieldSet(key)] : [],
  );
}

/** A field without `@join__field` is in every subgraph that has its type. */
function fieldOf(applied: readonly JoinField[] = [], graph: string | null): SubgraphField | undefined {
  const own = applied.find((item) => item.graph === graph);
  if (applied.some((item) => item.graph !== null) && !own) return undefined;
  const { external = false, requires = null, provides = null } = own ?? {};
  return {
    external,
    requires: requires === null ? null : parseFieldSet(requires),
    requiresSet: requires === null ? null : parseSelection(requires),
    provides: provides === null ? null : parseFieldSet(provides),
  };
}

function possibleTypes(schema: GraphQLSchema, name: string): ReadonlySet<string> {
  const type = schema.getType(name);
  if (isAbstractType(type)) return new Set(schema.getPossibleTypes(type).map((item) => item.name));
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
