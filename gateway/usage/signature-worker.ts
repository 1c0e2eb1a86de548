// Thread: finds the signatures of large operations, where the event loop of requests is not blocked.
import { parentPort } from "node:worker_threads";
import { getOperationAST, parse } from "graphql";
import { chosenPart, operationSignature, type SignedOperation } from "../../shared/operation-signature.ts";

/** One operation of a text that is valid. */
export interface SignatureRequest {
  readonly source: string;
  readonly operationName: string | null;
}

/** Null where none could be found. */
export type SignatureReply = SignedOperation | null;

parentPort?.on("message", (request: SignatureRequest) => parentPort?.postMessage(signatureOf(request)));

function signatureOf({ source, operationName }: SignatureRequest): SignatureReply {
  try {
    const document = parse(source, { noLocation: true });
    const operation = getOperationAST(document, operationName);
    return operation ? operationSignature(chosenPart(document, operation), operation) : null;
  } catch {
    return null;
  }
}
