import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from "graphql";
import { MAX_TEXT, type SentText } from "../../shared/known-operation.ts";
import { chosenPart, isSignature, operationSignature } from "../../shared/operation-signature.ts";
import { applicationName, applicationVersion } from "../../shared/recorded-names.ts";
import { isRepeatable } from "../../shared/repeatable-text.ts";
import {
  OTHER_CLIENT,
  type UsageBatch,
  type UsageCount,
  type UsedOperation,
} from "../../shared/usage-batch.ts";

/** Characters of a signature that may be made anew: longer ones would keep the event loop for too long. */
const LARGE = 4000;

/**
 * What of a batch may be kept, whatever gateway sent it: older ones are less strict about what says something of a
 * person. An operation that cannot be told without is counted as dropped. In steps between which the event loop can
 * be let go.
 */
export function* plainBatch(batch: UsageBatch): Generator<void, UsageBatch, void> {
  const operations: UsedOperation[] = [];
  let { dropped } = batch;
  for (const operation of batch.operations) {
    const plain = plainOperation(operation);
    if (plain) operations.push({ ...plain, counts: operation.counts.map(plainCount) });
    else dropped += operation.counts.reduce((sum, { requests }) => sum + requests, 0);
    yield;
  }
  return { ...batch, operations, dropped };
}

function plainOperation(sent: UsedOperation): UsedOperation | null {
  const document = read(sent.signature);
  const operation = document && onlyOperation(document);
  if (!operation) return null;
  const text = sent.text && isPlainText(sent.text, sent.coordinates) ? sent.text : null;
  if (isSignature(sent, document, sent.coordinates)) return { ...sent, text };
  if (sent.signature.length > LARGE) return null;
  const signed = operationSignature(chosenPart(document, operation), operation, sent.coordinates);
  return { ...sent, ...signed, text };
}

function isPlainText({ source }: SentText, coordinates: readonly string[]): boolean {
  const document = source.length > MAX_TEXT ? null : read(source);
  return document !== null && isRepeatable(source, document, coordinates);
}

/** Whether a token vouches for the name is for the gateway to know. */
function plainCount(count: UsageCount): UsageCount {
  const clientName = applicationName(count.clientName, true);
  if (clientName === null)
    return { ...count, clientName: OTHER_CLIENT, clientVersion: "", scopes: [], purpose: null };
  return { ...count, clientVersion: applicationVersion(count.clientVersion) };
}

function read(text: string): DocumentNode | null {
  try {
    return parse(text, { noLocation: true });
  } catch {
    return null;
  }
}

function onlyOperation({ definitions }: DocumentNode): OperationDefinitionNode | null {
  const [first, ...others] = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return first && others.length === 0 ? first : null;
}
