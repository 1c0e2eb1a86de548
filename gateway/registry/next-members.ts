import { type Change, changedSources } from "./check.ts";
import type { SubgraphSource } from "./compose.ts";
import type { Head, Member } from "./store-postgres.ts";

/** What a generation is made of. */
export interface NextMembers {
  /** As the generation before has them. */
  readonly kept: readonly Member[];
  /** New versions. */
  readonly published: readonly Required<SubgraphSource>[];
}

/** What the generation after `head` is made of; a source that is published as it is makes no new version. */
export function nextMembers(head: Head | null, changes: readonly Change[]): NextMembers {
  const published = changedSources(head?.members ?? [], changes).filter(
    (source) => !isUnchanged(head, source),
  );
  const replaced = new Set([...published.map(({ name }) => name), ...removedNames(changes)]);
  const kept = (head?.members ?? []).filter(({ name }) => !replaced.has(name));
  return { kept, published };
}

/** The subgraphs that changes take out. */
export function removedNames(changes: readonly Change[]): readonly string[] {
  return changes.flatMap(({ name, source }) => (source ? [] : [name]));
}

function isUnchanged(head: Head | null, { name, sdl, url, product }: Required<SubgraphSource>): boolean {
  const known = head?.members.find((member) => member.name === name);
  return known?.sdl === sdl && known.url === url && known.product === product;
}
