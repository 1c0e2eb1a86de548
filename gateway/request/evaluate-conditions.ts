import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from "graphql";

/** Boolean variables that decide which selections exist, in order of appearance. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (node) => {
      const value = isCondition(node) ? node.arguments?.[0]?.value : undefined;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/**
 * The chosen operation with every `@skip` and `@include` evaluated: excluded selections are gone, so they can
 * cause neither an error nor a fetch (governance.md §2 rule 11). A selection left empty keeps `__typename`,
 * which only planning sees.
 */
export function evaluateConditions(
  document: DocumentNode,
  operationName: string | null,
  variables: Readonly<Record<string, unknown>>,
): DocumentNode {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new TypeError("the operation is validated to exist");
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const used = new Map<string, FragmentDefinitionNode>();
  const prune = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.filter((node) => isIncluded(node, variables)).map(pruneSelection),
  });
  const pruneSelection = (node: SelectionNode): SelectionNode => {
    const directives = (node.directives ?? []).filter((item) => !isCondition(item));
    if (node.kind !== Kind.FRAGMENT_SPREAD)
      return node.selectionSet
        ? { ...node, directives, selectionSet: prune(node.selectionSet) }
        : { ...node, directives };
    const fragment = fragments.get(node.name.value);
    if (fragment && !used.has(node.name.value)) {
      used.set(node.name.value, fragment);
      used.set(node.name.value, { ...fragment, selectionSet: prune(fragment.selectionSet) });
    }
    return { ...node, directives };
  };
  const pruned: OperationDefinitionNode = { ...operation, selectionSet: prune(operation.selectionSet) };
  return { kind: Kind.DOCUMENT, definitions: [pruned, ...used.values()] };
}

/** The same document with everything included, whatever its conditions say. */
export function withoutConditions(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: (node) => (isCondition(node) ? null : undefined) });
}

function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  return (node.directives ?? []).every((directive) => {
    if (!isCondition(directive)) return true;
    const value = directive.arguments?.[0]?.value;
    const holds =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value] === true
        : value?.kind === Kind.BOOLEAN && value.value;
    return directive.name.value === "include" ? holds : !holds;
  });
}

function isCondition(node: DirectiveNode): boolean {
  return node.name.value === "skip" || node.name.value === "include";
}
