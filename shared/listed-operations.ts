import { createHash } from "node:crypto";
import { z } from "zod";

/** Names any application in a list of operations. */
export const ANY_CLIENT = "*";

const client = z.string().min(1).max(200);
const body = z.string().min(1).max(500_000);

/** An operation that an application may send where only listed ones are answered. */
export const listedOperation = z.strictObject({ client, body });

/** What is published for one application. */
export const publishedOperations = z.strictObject({
  client,
  bodies: z.array(body).max(10_000),
  /** Takes back what was published for the application before and is not among these. */
  replace: z.boolean().default(false),
});

/** All that is listed, as of a revision. */
export const operationList = z.strictObject({
  revision: z.string().min(1).max(100),
  operations: z.array(listedOperation),
});

export type ListedOperation = z.infer<typeof listedOperation>;
export type ListedOperations = z.infer<typeof operationList>;

/** Gives the list where it is another than that of a revision, else null. */
export type OperationFeed = (known: string | null) => Promise<ListedOperations | null>;

/** By what an operation is asked for: SHA-256 of its text, lower-case hex, as in Apollo's persisted queries. */
export function operationHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
