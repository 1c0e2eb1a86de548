import { type ASTNode, type DocumentNode, getLocation, Kind, parse } from "graphql";
import type { CheckedFinding } from "./checked-finding.ts";

/**
 * Findings with the line and column of their place in the schemas that are checked: of the coordinate, or, where it
 * is gone, of what held it; of several places the one in a schema that is checked.
 *
 * @param sources the schemas that are checked
 */
export function locateFindings(
  findings: readonly CheckedFinding[],
  sources: readonly { readonly name: string; readonly sdl: string }[],
): readonly CheckedFinding[] {
  const documents = sources.flatMap(({ name, sdl }) => {
    const document = tryParse(sdl);
    return document ? [{ name, nodes: nodesByCoordinate(document) }] : [];
  });
  const names = sources.map(({ name }) => name);
  return findings.map((finding) => {
    const known = finding.places?.find(({ subgraph }) => names.includes(subgraph));
    if (known) return placed(finding, known);
    if (finding.location || finding.coordinate === null) return finding;
    for (const coordinate of outwards(finding.coordinate))
      for (const { name, nodes } of documents) {
        const loc = nodes.get(coordinate)?.loc;
        if (loc) return placed(finding, { subgraph: name, ...getLocation(loc.source, loc.start) });
      }
    return finding;
  });
}

/** With its first subgraph being the one of the place. */
function placed(
  finding: CheckedFinding,
  { subgraph, line, column }: { readonly subgraph: string; readonly line: number; readonly column: number },
): CheckedFinding {
  const subgraphs = [...new Set([subgraph, ...finding.subgraphs])];
  return { ...finding, subgraphs, location: { line, column } };
}

/** A schema that does not parse has a finding that says where. */
function tryParse(sdl: string): DocumentNode | null {
  try {
    return parse(sdl);
  } catch {
    return null;
  }
}

/** `Type.field(argument:)`, also written `Type.field.argument`, then `Type.field`, then `Type`. */
function outwards(coordinate: string): readonly string[] {
  const [type = "", member, argument] = coordinate.split(/[.(]/).map((part) => part.replace(/:?\)$/, ""));
  return [
    ...(argument === undefined ? [] : [`${type}.${member}(${argument}:)`]),
    ...(member === undefined ? [] : [`${type}.${member}`]),
    type,
  ];
}

function nodesByCoordinate(document: DocumentNode): ReadonlyMap<string, ASTNode> {
  const found = new Map<string, ASTNode>();
  const add = (coordinate: string, node: ASTNode) => {
    if (!found.has(coordinate)) found.set(coordinate, node);
  };
  for (const node of document.definitions) {
    if (!("name" in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) continue;
    const type = node.name.value;
    add(type, node.name);
    for (const member of membersOf(node)) {
      add(`${type}.${member.name.value}`, member.name);
      for (const argument of member.arguments ?? [])
        add(`${type}.${member.name.value}(${argument.name.value}:)`, argument.name);
    }
  }
  return found;
}

interface MemberNode {
  readonly name: ASTNode & { readonly value: string };
  readonly arguments?: readonly { readonly name: ASTNode & { readonly value: string } }[];
}

/** Fields or values of a definition; those of input types and enums have no arguments. */
function membersOf(node: DocumentNode["definitions"][number]): readonly MemberNode[] {
  const fields = "fields" in node ? (node.fields ?? []) : [];
  const values = "values" in node ? (node.values ?? []) : [];
  return [...fields, ...values].map((member) =>
    "arguments" in member && member.arguments
      ? { name: member.name, arguments: member.arguments }
      : { name: member.name },
  );
}
