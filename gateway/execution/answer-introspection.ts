import {
  type DefinitionNode,
  type DocumentNode,
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type SelectionNode,
  visit,
} from "graphql";

/** JSON texts of an operation's `__schema` and `__type` fields, by response key. */
export type AnswerIntrospection = (
  variables: Readonly<Record<string, unknown>>,
) => ReadonlyMap<string, string>;

const NOTHING: ReadonlyMap<string, string> = new Map();

/**
 * Prepares the introspection fields of a document: graphql-js answers them from the API schema, without a
 * subgraph. Where no variable is involved, the answer is computed once.
 */
export function compileIntrospection(
  document: DocumentNode,
  operationName: string | null,
  schema: GraphQLSchema,
): AnswerIntrospection {
  const reduced = keepIntrospection(document, operationName);
  if (reduced === null) return () => NOTHING;
  const answer: AnswerIntrospection = (variables) => {
    const { data } = executeSync({
      schema,
      document: reduced,
      operationName,
      variableValues: { ...variables },
    });
    return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, JSON.stringify(value)]));
  };
  if (reduced.definitions.some((node) => usedVariables(node).size > 0)) return answer;
  let known: ReadonlyMap<string, string> | undefined;
  return () => {
    known ??= answer({});
    return known;
  };
}

/** The document with nothing but introspection at the root; null where it has none. */
function keepIntrospection(document: DocumentNode, operationName: string | null): DocumentNode | null {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== "query") return null;
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
  const visited = new Set<string>();
  const fieldsOf = (nodes: readonly SelectionNode[]): FieldNode[] =>
    nodes.flatMap((node) => {
      if (node.kind === Kind.FIELD) return isSchemaField(node) ? [node] : [];
      if (node.kind === Kind.INLINE_FRAGMENT) return fieldsOf(node.selectionSet.selections);
      const fragment = fragments.get(node.name.value);
      if (!fragment || visited.has(node.name.value)) return [];
      visited.add(node.name.value);
      return fieldsOf(fragment.selectionSet.selections);
    });
  const selections = fieldsOf(operation.selectionSet.selections);
  if (selections.length === 0) return null;
  const reduced = { ...operation, directives: [], selectionSet: { ...operation.selectionSet, selections } };
  const used = new Set([reduced, ...fragments.values()].flatMap((node) => [...usedVariables(node)]));
  const variableDefinitions = operation.variableDefinitions?.filter((node) =>
    used.has(node.variable.name.value),
  );
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...reduced, ...(variableDefinitions && { variableDefinitions }) }, ...fragments.values()],
  };
}

function isSchemaField(node: FieldNode): boolean {
  return node.name.value === "__schema" || node.name.value === "__type";
}

function usedVariables(node: DefinitionNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(node, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      names.add(name.value);
    },
  });
  return names;
}
