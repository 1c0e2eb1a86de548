import { z } from "zod";
import { recordedCaller } from "./recorded-caller.ts";

/** Characters of a text that is kept to be planned ahead: longer ones are rare and take long to validate. */
export const MAX_TEXT = 20_000;

/** The text of an operation as clients send it, where it says nothing about anybody. */
export const sentText = z.strictObject({
  source: z.string().min(1).max(MAX_TEXT),
  /** Whether requests state the operation's name beside the text. */
  isNamed: z.boolean(),
  /** The contract that it is sent to; empty for the whole API. */
  contract: z.string().max(200),
});
export type SentText = z.infer<typeof sentText>;

/** An operation that clients send, and the kinds of callers that send it, as a registry tells its gateways. */
export const knownOperation = z.object({
  source: z.string(),
  /** As requests state it. */
  operationName: z.string().nullable(),
  contract: z.string(),
  /** The most frequent first. */
  callers: z.array(recordedCaller).readonly(),
});
export type KnownOperation = z.infer<typeof knownOperation>;

/** Asks for the operations that are used most, the most frequent first. */
export type KnownOperations = () => Promise<readonly KnownOperation[]>;
