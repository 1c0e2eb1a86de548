import { ClientError } from "../../shared/errors.ts";
import type { Change } from "./check.ts";
import { removedNames } from "./next-members.ts";
import type { Head } from "./store-postgres.ts";

/** Changes, and the generation that they were made for; null for whichever is published. */
export interface MadeFor {
  readonly changes: readonly Change[];
  readonly expected?: number | null;
}

/**
 * Refuses what was made for another generation than `head`, and what somebody else changed since `first` was read.
 *
 * @throws ClientError CONFLICT
 */
export function refuseConflict(
  { expected = null, changes }: MadeFor,
  first: Head | null,
  head: Head | null,
): void {
  const isOther = expected !== null && expected !== (head?.number ?? 0);
  const isTouched = changes.some(({ name }) => versionOf(first, name) !== versionOf(head, name));
  if (isOther || isTouched)
    throw new ClientError(
      "CONFLICT",
      `Generation ${head?.number ?? 0} was published in the meantime; nothing of this was published.`,
    );
}

/**
 * Refuses to take out what is not there.
 *
 * @throws ClientError SUBGRAPH_NOT_FOUND
 */
export function refuseUnknown(changes: readonly Change[], head: Head | null): void {
  const unknown = removedNames(changes).find((name) => versionOf(head, name) === undefined);
  if (unknown !== undefined) throw new ClientError("SUBGRAPH_NOT_FOUND", `${unknown} is not published.`);
}

function versionOf(head: Head | null, name: string): number | undefined {
  return head?.members.find((member) => member.name === name)?.version;
}
