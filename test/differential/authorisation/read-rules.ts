import { type ConstDirectiveNode, Kind, parse, valueFromASTUntyped } from "graphql";

/** One rule as one subgraph wrote it. */
export interface WrittenRule {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What all subgraphs say, and how their types relate; read from their SDL by the simplest means. */
export interface WrittenRules {
  /** Rules by `Type`, `Type.field` and `Type.field(argument:)`. */
  readonly at: (coordinate: string) => readonly WrittenRule[];
  readonly interfacesOf: (type: string) => readonly string[];
  readonly objectsOf: (abstract: string) => readonly string[];
  readonly isUnion: (type: string) => boolean;
}

const KNOWN = [
  "authenticated",
  "requiresScopes",
  "policy",
  "mask",
  "purpose",
  "rowFilter",
  "retention",
  "reveals",
  "lifecycle",
];

export function readRules(sdls: readonly string[]): WrittenRules {
  const rules = new Map<string, WrittenRule[]>();
  const interfaces = new Map<string, Set<string>>();
  const unions = new Map<string, Set<string>>();
  for (const sdl of sdls) {
    const names = namesIn(sdl);
    const add = (coordinate: string, nodes: readonly ConstDirectiveNode[] = []) => {
      for (const node of nodes) {
        const name = names.get(node.name.value);
        if (name === undefined) continue;
        const args = Object.fromEntries(
          (node.arguments ?? []).map((item) => [item.name.value, valueFromASTUntyped(item.value)]),
        );
        rules.set(coordinate, [...(rules.get(coordinate) ?? []), { name, args }]);
      }
    };
    for (const node of parse(sdl).definitions) {
      if (!("name" in node) || !node.name) continue;
      const type = node.name.value;
      if ("directives" in node) add(type, node.directives as readonly ConstDirectiveNode[]);
      if (node.kind === Kind.UNION_TYPE_DEFINITION)
        for (const member of node.types ?? []) collect(unions, type, member.name.value);
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const item of node.interfaces ?? []) collect(interfaces, type, item.name.value);
      for (const field of node.fields ?? []) {
        add(`${type}.${field.name.value}`, field.directives);
        for (const item of field.arguments ?? [])
          add(`${type}.${field.name.value}(${item.name.value}:)`, item.directives);
      }
    }
  }
  const implementers = (name: string) =>
    [...interfaces].filter(([, all]) => all.has(name)).map(([type]) => type);
  return {
    at: (coordinate) => rules.get(coordinate) ?? [],
    interfacesOf: (type) => [...(interfaces.get(type) ?? [])],
    objectsOf: (abstract) => [...(unions.get(abstract) ?? implementers(abstract))],
    isUnion: (type) => unions.has(type),
  };
}

function collect(into: Map<string, Set<string>>, key: string, value: string): void {
  into.set(key, new Set([...(into.get(key) ?? []), value]));
}

/** Names of directives in one SDL → what they mean. */
function namesIn(sdl: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const name of KNOWN) {
    const spec = ["authenticated", "requiresScopes", "policy"].includes(name) ? "federation" : "governance";
    names.set(`${spec}__${name}`, name);
    const renamed = new RegExp(`name: "@${name}", as: "@(\\w+)"`).exec(sdl)?.[1];
    if (renamed !== undefined) names.set(renamed, name);
    else names.set(name, name);
  }
  return names;
}
