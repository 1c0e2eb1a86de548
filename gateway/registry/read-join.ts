import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  valueFromASTUntyped,
} from "graphql";

/** What a composed supergraph says of where its fields come from (https://specs.apollo.dev/join/v0.5). */
export interface JoinFacts {
  readonly fields: readonly JoinedField[];
  /** Keys of each entity as field sets: `id`, `org { id } code`. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** Types that are a context of some name. */
  readonly contexts: ReadonlyMap<string, readonly string[]>;
}

export interface JoinedField {
  readonly type: string;
  readonly name: string;
  /** Subgraphs that resolve it; not those that only mention it. */
  readonly subgraphs: readonly string[];
  readonly requires: readonly { readonly subgraph: string; readonly fields: string }[];
  readonly fromContext: readonly {
    readonly subgraph: string;
    readonly context: string;
    readonly selection: string;
  }[];
}

/** Reads the join directives of a supergraph that our own composition wrote, under their usual names. */
export function readJoin(supergraph: DocumentNode): JoinFacts {
  const names = graphNames(supergraph);
  const fields: JoinedField[] = [];
  const keys = new Map<string, readonly string[]>();
  const contexts = new Map<string, string[]>();
  for (const node of supergraph.definitions) {
    if (node.kind === Kind.UNION_TYPE_DEFINITION) addContexts(contexts, node.name.value, node.directives);
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const type = node.name.value;
    const homes = applications(node.directives, "join__type");
    const home = homes.map(({ graph }) => names.get(String(graph)) ?? "");
    const typeKeys = homes.flatMap(({ key }) => (typeof key === "string" ? [key] : []));
    if (typeKeys.length > 0) keys.set(type, [...new Set(typeKeys)]);
    addContexts(contexts, type, node.directives);
    for (const field of node.fields ?? []) fields.push(joinedField(type, field, [...new Set(home)], names));
  }
  return { fields, keys, contexts };
}

function joinedField(
  type: string,
  field: FieldDefinitionNode,
  home: readonly string[],
  names: ReadonlyMap<string, string>,
): JoinedField {
  const all = applications(field.directives, "join__field");
  const joined = all.flatMap((args) => {
    const subgraph = names.get(String(args.graph));
    return subgraph === undefined ? [] : [{ args, subgraph }];
  });
  return {
    type,
    name: field.name.value,
    subgraphs:
      all.length === 0
        ? home
        : joined.flatMap(({ subgraph, args }) =>
            args.external === true || args.usedOverridden === true ? [] : [subgraph],
          ),
    requires: joined.flatMap(({ subgraph, args }) =>
      typeof args.requires === "string" ? [{ subgraph, fields: args.requires }] : [],
    ),
    fromContext: joined.flatMap(({ subgraph, args }) =>
      (Array.isArray(args.contextArguments) ? args.contextArguments : []).map(
        (item: Record<string, unknown>) => ({
          subgraph,
          context: String(item.context),
          selection: String(item.selection),
        }),
      ),
    ),
  };
}

/** Enum values of `join__Graph` → names of subgraphs. */
function graphNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const graphs = supergraph.definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === "join__Graph",
  );
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return new Map(
    values.map(({ name, directives }) => [
      name.value,
      String(applications(directives, "join__graph")[0]?.name ?? name.value),
    ]),
  );
}

function addContexts(
  contexts: Map<string, string[]>,
  type: string,
  directives: readonly ConstDirectiveNode[] | undefined,
): void {
  for (const { name } of applications(directives, "context"))
    contexts.set(String(name), [...(contexts.get(String(name)) ?? []), type]);
}

function applications(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): readonly Readonly<Record<string, unknown>>[] {
  return (directives ?? [])
    .filter((node) => node.name.value === name)
    .map((node) =>
      Object.fromEntries(
        (node.arguments ?? []).map((item) => [item.name.value, valueFromASTUntyped(item.value)]),
      ),
    );
}
