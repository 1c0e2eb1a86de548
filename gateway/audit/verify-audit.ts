import { readBody } from "./audit-body.ts";
import { type ChainHead, chainOrigin, entryHash } from "./audit-chain.ts";
import type { AuditArchive } from "./audit-store.ts";

/** What is wrong with a chain, and where. */
export interface AuditProblem {
  readonly chain: string;
  /** The first entry that is not as it was written; null for an entry that is gone. */
  readonly seq: number;
  readonly problem: string;
}

export interface VerifiedChain {
  readonly chain: string;
  readonly entries: number;
  /** Hash of the last entry that verified: who keeps it elsewhere can prove how far the chain had come. */
  readonly head: string;
  /** How its writer ended: stopped, or killed (then the last line may be torn; nobody was told that it is kept). */
  readonly ending: "closed" | "open" | "torn";
}

export interface AuditVerification {
  readonly chains: readonly VerifiedChain[];
  readonly problems: readonly AuditProblem[];
}

/**
 * Recomputes every hash of every chain: an entry that was changed, removed, added or moved breaks its chain. Entries
 * cut off at the end, or a whole chain that is gone, show in the chains that began later, which hold how far the
 * others had come.
 */
export async function verifyAudit(archive: AuditArchive): Promise<AuditVerification> {
  const chains: VerifiedChain[] = [];
  const problems: AuditProblem[] = [];
  const ids = await archive.chains();
  const witnessed = await collectWitnessed(archive, ids);
  for (const id of ids) {
    const expected = new Map((witnessed.get(id) ?? []).map(({ seq, hash }) => [seq, hash]));
    witnessed.delete(id);
    chains.push(await verifyChain(archive, id, expected, problems));
    for (const seq of expected.keys())
      problems.push({ chain: id, seq, problem: "is gone: a later chain remembers it" });
  }
  for (const [id, heads] of witnessed)
    for (const { seq } of heads) problems.push({ chain: id, seq, problem: "is gone with its whole chain" });
  return { chains, problems };
}

/** What chains say of others when they begin. */
async function collectWitnessed(
  archive: AuditArchive,
  ids: readonly string[],
): Promise<Map<string, readonly ChainHead[]>> {
  const witnessed = new Map<string, readonly ChainHead[]>();
  for (const id of ids)
    for await (const entry of archive.entries(id)) {
      const body = entry === "torn" ? null : readBody(entry.body);
      if (body?.kind === "start")
        for (const head of body.witnessed)
          witnessed.set(head.chain, [...(witnessed.get(head.chain) ?? []), head]);
      break;
    }
  return witnessed;
}

/** Takes from `expected` what is found. */
async function verifyChain(
  archive: AuditArchive,
  chain: string,
  expected: Map<number, string>,
  problems: AuditProblem[],
): Promise<VerifiedChain> {
  let previous = chainOrigin(chain);
  let seq = 0;
  let ending: VerifiedChain["ending"] = "open";
  for await (const entry of archive.entries(chain)) {
    if (entry === "torn") {
      ending = "torn";
      break;
    }
    const report = (problem: string) => problems.push({ chain, seq, problem });
    if (entry.seq !== seq) report(`is missing or out of order: entry ${entry.seq} stands in its place`);
    else if (entry.hash !== entryHash(previous, entry.body)) report("was changed, or the one before it was");
    else if (readBody(entry.body) === null) report("is nothing that this program writes");
    else if (ending === "closed") report("comes after the end of its chain");
    else if (seq === 0 && readBody(entry.body)?.kind !== "start") report("is not the beginning of a chain");
    else {
      if (expected.get(seq) === entry.hash) expected.delete(seq);
      if (readBody(entry.body)?.kind === "end") ending = "closed";
      previous = entry.hash;
      seq += 1;
      continue;
    }
    break;
  }
  return { chain, entries: seq, head: previous, ending };
}
