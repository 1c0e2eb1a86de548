import { type DirectiveNode, type DocumentNode, Kind, visit } from "graphql";
import { canonicalDirective, type Link, resolveLinks } from "./resolve-links.ts";

/** Identity of this project's governance specification; version 1.0. */
export const GOVERNANCE_IDENTITY = "https://specs.data-product-gateway.dev/governance";

/**
 * A schema without its governance: no link to the governance specification and none of its directives, under
 * whatever name they were imported. What remains is plain Federation, which every composer understands.
 */
export function stripGovernance(document: DocumentNode): DocumentNode {
  const links = resolveLinks(document).filter((link) => link.identity === GOVERNANCE_IDENTITY);
  if (links.length === 0) return document;
  return stripLinks(document, links);
}

/** Removes the links given, their directives' applications and definitions, and schema nodes left empty. */
export function stripLinks(document: DocumentNode, links: readonly Link[]): DocumentNode {
  const nodes = new Set<unknown>(links.map((link) => link.node));
  const isLinked = (name: string) => links.some((link) => canonicalDirective(link, name) !== null);
  const isPrefixed = (name: string) => links.some((link) => name.startsWith(`${link.namespace}__`));
  const isImportedType = (name: string) => links.some((link) => link.imports.has(name));
  const drop = (node: DirectiveNode) => (nodes.has(node) || isLinked(node.name.value) ? null : undefined);
  const dropType = (node: { name: { value: string } }) =>
    isPrefixed(node.name.value) || isImportedType(node.name.value) ? null : undefined;
  const stripped = visit(document, {
    Directive: drop,
    DirectiveDefinition: (node) => (isLinked(node.name.value) ? null : undefined),
    ScalarTypeDefinition: dropType,
    EnumTypeDefinition: dropType,
    InputObjectTypeDefinition: dropType,
  });
  return { ...stripped, definitions: stripped.definitions.filter((definition) => !isEmpty(definition)) };
}

function isEmpty(definition: DocumentNode["definitions"][number]): boolean {
  return (
    definition.kind === Kind.SCHEMA_EXTENSION &&
    (definition.directives ?? []).length === 0 &&
    (definition.operationTypes ?? []).length === 0
  );
}
