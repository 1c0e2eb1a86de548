import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  valueFromASTUntyped,
} from "graphql";

/** What the join directives of a supergraph say (join specification, v0.3 to v0.5); plain data. */
export interface JoinFacts {
  /** The value of `join__Graph` that stands for a subgraph, by the subgraph's name. */
  readonly graphs: ReadonlyMap<string, string>;
  /** By type: objects, interfaces and whatever else subgraphs share. */
  readonly types: ReadonlyMap<string, readonly JoinType[]>;
  /** By coordinate; a field without any is in every subgraph that has its type. */
  readonly fields: ReadonlyMap<string, readonly JoinField[]>;
}

/** `@join__type`: that a subgraph has a type, once per key. */
export interface JoinType {
  readonly graph: string;
  readonly key: string | null;
  /** Whether entities can be fetched by that key. */
  readonly resolvable: boolean;
  readonly isInterfaceObject: boolean;
}

/** `@join__field`: how a subgraph has a field. */
export interface JoinField {
  /** Null where it says of no subgraph in particular. */
  readonly graph: string | null;
  readonly external: boolean;
  readonly requires: string | null;
  readonly provides: string | null;
}

/** A supergraph's schema with what its join directives say; one value per generation. */
export interface JoinedSchema {
  /** API schema plus what is hidden. */
  readonly schema: GraphQLSchema;
  readonly joins: JoinFacts;
}

/** Reads the join directives of a supergraph that is known to be valid. */
export function readJoinFacts({ definitions }: DocumentNode): JoinFacts {
  const graphs = new Map<string, string>();
  const types = new Map<string, JoinType[]>();
  const fields = new Map<string, JoinField[]>();
  for (const node of definitions) {
    if (node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === "join__Graph")
      for (const { name, directives } of node.values ?? [])
        for (const { name: subgraph } of applied(directives, "join__graph"))
          graphs.set(String(subgraph), name.value);
    if (!("name" in node) || node.name === undefined || !("directives" in node)) continue;
    add(types, node.name.value, applied(node.directives, "join__type").map(toJoinType));
    if (!("fields" in node)) continue;
    for (const { name, directives } of node.fields ?? [])
      add(fields, `${node.name.value}.${name.value}`, applied(directives, "join__field").map(toJoinField));
  }
  return { graphs, types, fields };
}

type Arguments = Readonly<Record<string, unknown>>;

function toJoinType({ graph, key, resolvable, isInterfaceObject }: Arguments): JoinType {
  return {
    graph: String(graph),
    key: textOrNull(key),
    resolvable: resolvable !== false,
    isInterfaceObject: isInterfaceObject === true,
  };
}

function toJoinField({ graph, external, requires, provides }: Arguments): JoinField {
  return {
    graph: textOrNull(graph),
    external: external === true,
    requires: textOrNull(requires),
    provides: textOrNull(provides),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function applied(directives: readonly DirectiveNode[] | undefined, name: string): readonly Arguments[] {
  const found = (directives ?? []).filter((node) => node.name.value === name);
  return found.map((node) =>
    Object.fromEntries(
      (node.arguments ?? []).map((item) => [item.name.value, valueFromASTUntyped(item.value)]),
    ),
  );
}

function add<Fact>(facts: Map<string, Fact[]>, place: string, found: readonly Fact[]): void {
  const known = facts.get(place);
  if (known) known.push(...found);
  else if (found.length > 0) facts.set(place, [...found]);
}
