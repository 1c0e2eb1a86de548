import type { SentText } from "../../shared/known-operation.ts";
import { chosenPart, operationSignature, type SignedOperation } from "../../shared/operation-signature.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import { repeatableText } from "./repeatable-text.ts";
import { usedCoordinates } from "./used-coordinates.ts";

/** What usage says of an operation. */
export interface OperationDescription extends SignedOperation {
  readonly coordinates: readonly string[];
  /** As the client sent it, where that may be kept. */
  readonly text: SentText | null;
}

/**
 * Describes an operation without anything that a person could be recognised by.
 *
 * @param signed where it is known already: for large operations it takes long to find
 */
export function describeOperation(
  prepared: PreparedOperation,
  signed?: SignedOperation,
): OperationDescription {
  const { document, operation, supergraph } = prepared;
  const part = chosenPart(document, operation);
  const coordinates = usedCoordinates(supergraph.apiSchema, part);
  return {
    ...(signed ?? operationSignature(part, operation)),
    coordinates,
    text: repeatableText(prepared, coordinates),
  };
}
