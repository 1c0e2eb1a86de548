import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  getLocation,
  Kind,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from "graphql";
import type { DirectiveDefinition } from "../../shared/define-directive.ts";
import { readArguments } from "../../shared/directive-arguments.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { canonicalDirective, type Link, resolveLinks, specName } from "../../shared/resolve-links.ts";
import { GOVERNANCE_IDENTITY } from "../../shared/strip-governance.ts";
import type { Finding } from "./finding.ts";

/** One governed place: `schema`, `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
export interface Application {
  readonly subgraph: string;
  readonly coordinate: string;
  readonly directive: DirectiveDefinition;
  /** As the directive's own schema parsed them. */
  readonly args: unknown;
}

/** What a schema says with the directives we know, and what is wrong with how it says it. */
export interface Applications {
  readonly applications: readonly Application[];
  readonly findings: readonly Finding[];
}

const FEDERATION_IDENTITY = "https://specs.apollo.dev/federation";
const APOLLO = "https://specs.apollo.dev/";

/**
 * Reads the directives of {@link DIRECTIVES} from a subgraph's or a supergraph's SDL, under whatever names
 * they were imported (governance.md §2 rule 1). Root types with other names count as Query and Mutation.
 */
export function readApplications(subgraph: string, document: DocumentNode): Applications {
  const links = resolveLinks(document);
  const applications: Application[] = [];
  const findings: Finding[] = [];
  for (const { coordinate, node } of placements(document)) {
    const directive = resolveDirective(links, node.name.value);
    if (directive === null) {
      if (isUnlinked(links, node.name.value)) {
        const own = definesDirective(document, node.name.value);
        findings.push(unlinked(subgraph, coordinate, node, own ? "warning" : "error"));
      }
      continue;
    }
    const parsed = directive.args.safeParse(readArguments(node));
    if (parsed.success) applications.push({ subgraph, coordinate, directive, args: parsed.data });
    else findings.push(badArguments(subgraph, coordinate, node, parsed.error.issues));
  }
  return { applications, findings };
}

/** Which of our directives a name stands for in a schema with these links, or null. */
export function resolveDirective(links: readonly Link[], name: string): DirectiveDefinition | null {
  for (const link of links) {
    const canonical = canonicalDirective(link, name);
    const found = canonical && DIRECTIVES.find((item) => item.name === canonical && isSpecOf(link, item));
    if (found) return found;
  }
  return null;
}

function isSpecOf(link: Link, directive: DirectiveDefinition): boolean {
  if (directive.spec === "governance") return link.identity === GOVERNANCE_IDENTITY;
  return link.identity === FEDERATION_IDENTITY || link.identity === `${APOLLO}${directive.name}`;
}

interface DirectivePlacement {
  readonly coordinate: string;
  readonly node: ConstDirectiveNode;
}

function placements(document: DocumentNode): readonly DirectivePlacement[] {
  const roots = rootTypeNames(document);
  return document.definitions.flatMap((definition) => {
    if (definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION)
      return at("schema", definition.directives);
    if (!("name" in definition) || definition.name === undefined || !isType(definition)) return [];
    const name = roots.get(definition.name.value) ?? definition.name.value;
    return [...at(name, definition.directives), ...memberPlacements(name, definition)];
  });
}

function memberPlacements(
  type: string,
  node: TypeDefinitionNode | TypeExtensionNode,
): readonly DirectivePlacement[] {
  if ("values" in node)
    return (node.values ?? []).flatMap((item) => at(`${type}.${item.name.value}`, item.directives));
  if (!("fields" in node)) return [];
  return (node.fields ?? []).flatMap((field) => {
    const coordinate = `${type}.${field.name.value}`;
    const inputs = "arguments" in field ? (field.arguments ?? []) : [];
    return [
      ...at(coordinate, field.directives),
      ...inputs.flatMap((item) => at(`${coordinate}(${item.name.value}:)`, item.directives)),
    ];
  });
}

function at(
  coordinate: string,
  nodes: readonly ConstDirectiveNode[] | undefined,
): readonly DirectivePlacement[] {
  return (nodes ?? []).map((node) => ({ coordinate, node }));
}

function isType(node: DocumentNode["definitions"][number]): node is TypeDefinitionNode | TypeExtensionNode {
  return /Type(Definition|Extension)$/.test(node.kind);
}

/** Names of the schema's own root types → the names the supergraph gives them. */
function rootTypeNames(document: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const { operation, type } of definition.operationTypes ?? [])
      names.set(type.name.value, `${operation[0]?.toUpperCase()}${operation.slice(1)}`);
  }
  return names;
}

/** A governance directive that no link brings in would vanish in composition without a word. */
function isUnlinked(links: readonly Link[], name: string): boolean {
  const plain = name.replace(/^(governance|federation)__/, "");
  if (!DIRECTIVES.some((item) => item.name === plain)) return false;
  return !links.some(
    (link) => link.imports.has(`@${name}`) || link.namespace === name || specName(link) === name,
  );
}

function definesDirective(document: DocumentNode, name: string): boolean {
  return document.definitions.some(
    (definition) => definition.kind === Kind.DIRECTIVE_DEFINITION && definition.name.value === name,
  );
}

function unlinked(
  subgraph: string,
  coordinate: string,
  node: DirectiveNode,
  severity: Finding["severity"],
): Finding {
  return {
    severity,
    code: "DIRECTIVE_NOT_LINKED",
    coordinate,
    subgraphs: [subgraph],
    message: `@${node.name.value} on ${coordinate} is not linked to its specification, so the gateway gives it no effect.`,
    remedy: `Import "@${node.name.value}" with @link(url: "${GOVERNANCE_IDENTITY}/v1.0") or, for auth, the federation specification.`,
    ...locate(node),
  };
}

function badArguments(
  subgraph: string,
  coordinate: string,
  node: DirectiveNode,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): Finding {
  const reasons = issues.map(
    (issue) => `${issue.path.map(String).join(".") || "arguments"}: ${issue.message}`,
  );
  return {
    severity: "error",
    code: "DIRECTIVE_ARGUMENTS_INVALID",
    coordinate,
    subgraphs: [subgraph],
    message: `@${node.name.value} on ${coordinate} has wrong arguments: ${reasons.join("; ")}.`,
    remedy: "Correct the arguments; the directive's definition says which it takes.",
    ...locate(node),
  };
}

function locate(node: DirectiveNode): Pick<Finding, "location"> {
  return node.loc ? { location: getLocation(node.loc.source, node.loc.start) } : {};
}
