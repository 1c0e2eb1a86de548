import { usageReportingSignature } from "@apollo/utils.usagereporting";
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  visit,
} from "graphql";

/** The operation with the fragments that it uses: a document may hold thousands of others. */
export function chosenPart(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const chosen = new Set<FragmentDefinitionNode>();
  const collect = (definition: DefinitionNode): void => {
    visit(definition, {
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (fragment) chosen.add(fragment);
      },
    });
  };
  collect(operation);
  // A set is walked to what is added meanwhile.
  for (const fragment of chosen) collect(fragment);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...chosen] };
}

/**
 * The text as Apollo's usage reporting normalises it: no literal, no alias and no comment of the client's is left.
 *
 * @param part what {@link chosenPart} gives
 */
export function operationSignature(part: DocumentNode, operation: OperationDefinitionNode): string {
  return usageReportingSignature(part, operation.name?.value ?? "");
}
