import { MAX_TEXT, type SentText } from "../../shared/known-operation.ts";
import { isRepeatable } from "../../shared/repeatable-text.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";

/**
 * The text of an operation, for others to plan it ahead; null where it might say something about a person, or is long.
 *
 * @param coordinates what of the schema the operation uses
 */
export function repeatableText(
  {
    source,
    document,
    operationName,
    contract,
  }: Pick<PreparedOperation, "source" | "document" | "operationName" | "contract">,
  coordinates: readonly string[],
): SentText | null {
  if (source.length > MAX_TEXT || !isRepeatable(source, document, coordinates)) return null;
  return { source, isNamed: operationName !== null, contract: contract.name };
}
