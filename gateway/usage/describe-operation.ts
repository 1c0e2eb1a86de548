import { usageReportingSignature } from "@apollo/utils.usagereporting";
import { type DefinitionNode, type DocumentNode, type FragmentDefinitionNode, Kind, visit } from "graphql";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import { usedCoordinates } from "./used-coordinates.ts";

/** What usage says of an operation. */
export interface OperationDescription {
  /** Empty where it has none. */
  readonly name: string;
  /** As Apollo's usage reporting normalises it: no literal, no alias and no comment of the client's is left. */
  readonly signature: string;
  readonly coordinates: readonly string[];
}

/** Describes an operation without anything that a person could be recognised by. */
export function describeOperation(prepared: PreparedOperation): OperationDescription {
  const document = chosenPart(prepared);
  const name = prepared.operation.name?.value ?? "";
  return {
    name,
    signature: usageReportingSignature(document, name),
    coordinates: usedCoordinates(prepared.supergraph.apiSchema, document),
  };
}

/** The operation with the fragments that it uses: a document may hold thousands of others. */
function chosenPart({ document, operation }: PreparedOperation): DocumentNode {
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
