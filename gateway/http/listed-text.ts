import { ClientError } from "../../shared/errors.ts";
import type { SafeList } from "../request/safe-list.ts";

/**
 * The request with the text of the published operation that it names by `documentId`, or by the hash of Apollo's
 * persisted queries; any other request as it is.
 *
 * @throws ClientError OPERATION_NOT_LISTED for a document that is not published
 */
export function withListedText(sent: unknown, safeList: SafeList | null): unknown {
  if (!safeList || !isRecord(sent) || sent.query !== undefined) return sent;
  const { documentId, ...rest } = sent;
  if (typeof documentId === "string") {
    const query = safeList.textOf(documentId);
    if (query === undefined)
      throw new ClientError("OPERATION_NOT_LISTED", "No operation is published under this documentId.");
    return { ...rest, query };
  }
  const query = safeList.textOf(persistedHash(sent.extensions));
  return query === undefined ? sent : { ...rest, query };
}

/** Empty where there is none. */
function persistedHash(extensions: unknown): string {
  const persisted = isRecord(extensions) ? extensions.persistedQuery : null;
  return isRecord(persisted) && typeof persisted.sha256Hash === "string" ? persisted.sha256Hash : "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
