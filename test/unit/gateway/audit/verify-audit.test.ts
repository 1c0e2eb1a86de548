import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chainOrigin, entryHash } from "../../../../gateway/audit/audit-chain.ts";
import { AuditWriter } from "../../../../gateway/audit/audit-writer.ts";
import { FileAuditStore, openFileArchive } from "../../../../gateway/audit/file-audit-store.ts";
import { verifyAudit } from "../../../../gateway/audit/verify-audit.ts";
import { auditRecord } from "../../../testkit/audit-records.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dpg-chain-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const report = { written: () => {}, failed: () => {}, recovered: () => {}, queued: () => {} };

/** A chain with three deliveries; `close: false` leaves it as a killed writer would. */
async function writeChain(close = true): Promise<void> {
  const store = new FileAuditStore(folder);
  const writer = new AuditWriter({ store, timeoutMs: 1000, report });
  await writer.start();
  for (const subject of ["ann", "bob", "cid"]) await writer.append([auditRecord({ subject })], true);
  if (close) await writer.close();
  else await store.close();
}

const verify = async () => {
  const { chains, problems } = await verifyAudit(openFileArchive(folder));
  return {
    endings: chains.map(({ ending }) => ending),
    problems: problems.map(({ seq, problem }) => `${seq} ${problem}`),
  };
};

/** Rewrites the lines of the chain with this number, from the oldest. */
function change(number: number, edit: (lines: string[]) => readonly string[]): void {
  const file = join(folder, readdirSync(folder).sort()[number] ?? "");
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  writeFileSync(file, `${edit(lines).join("\n")}\n`);
}

describe("an audit as it was written", () => {
  test("verifies, closed or not", async () => {
    await writeChain();
    await writeChain(false);
    await writeChain();
    expect(await verify()).toEqual({ endings: ["closed", "open", "closed"], problems: [] });
  });

  test("verifies with a line that its writer did not finish", async () => {
    await writeChain(false);
    appendFileSync(join(folder, readdirSync(folder)[0] ?? ""), '4 abc {"kind":"deliv');
    expect(await verify()).toEqual({ endings: ["torn"], problems: [] });
  });

  test("is empty where nothing was written", async () => {
    expect(await verify()).toEqual({ endings: [], problems: [] });
  });
});

describe("an audit that was tampered with does not verify", () => {
  test.each<[string, (lines: string[]) => readonly string[], string]>([
    [
      "a changed word",
      (lines) => lines.map((line) => line.replace("bob", "eve")),
      "2 was changed, or the one before it was",
    ],
    [
      "a changed hash",
      (lines) => lines.map((line, n) => (n === 1 ? line.replace(/^1 ./, "1 0") : line)),
      "1 was changed",
    ],
    [
      "a removed entry",
      (lines) => lines.filter((_, n) => n !== 2),
      "2 is missing or out of order: entry 3 stands in its place",
    ],
    [
      "two entries in another order",
      ([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest],
      "1 is missing or out of order: entry 2",
    ],
    [
      "a repeated entry",
      ([a = "", b = "", ...rest]) => [a, b, b, ...rest],
      "2 is missing or out of order: entry 1",
    ],
    ["an entry after the end", (lines) => [...lines, forged(lines)], "5 comes after the end of its chain"],
    [
      "something that is no entry",
      (lines) => [...lines.slice(0, 2), "hello"],
      "2 is missing or out of order",
    ],
  ])("%s", async (_name, edit, problem) => {
    await writeChain();
    change(0, edit);
    const { problems } = await verify();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test("entries that were cut off at the end, once a later chain began", async () => {
    await writeChain();
    await writeChain();
    change(0, (lines) => lines.slice(0, 3));
    expect((await verify()).problems).toEqual(["4 is gone: a later chain remembers it"]);
  });

  test("a chain that is gone, once a later chain began", async () => {
    await writeChain();
    await writeChain();
    rmSync(join(folder, readdirSync(folder).sort()[0] ?? ""));
    expect((await verify()).problems).toEqual(["4 is gone with its whole chain"]);
  });

  test("entries of one chain in the place of another's", async () => {
    await writeChain();
    await writeChain();
    const [first = "", second = ""] = readdirSync(folder).sort();
    writeFileSync(join(folder, second), readFileSync(join(folder, first)));
    expect((await verify()).problems).toEqual(["0 was changed, or the one before it was"]);
  });

  test("a whole chain recomputed with a change, once a later chain began", async () => {
    await writeChain();
    await writeChain();
    change(0, (lines) => {
      const file = readdirSync(folder).sort()[0] ?? "";
      let hash = chainOrigin(file.replace(/^.*_|\.audit$/g, ""));
      return lines.map((line, seq) => {
        const body = line.replace(/^\d+ \S+ /, "").replace("bob", "eve");
        hash = entryHash(hash, body);
        return `${seq} ${hash} ${body}`;
      });
    });
    expect((await verify()).problems).toEqual(["4 is gone: a later chain remembers it"]);
  });
});

/** An entry that continues the chain by its rules. */
function forged(lines: readonly string[]): string {
  const previous = lines.at(-1)?.split(" ")[1] ?? "";
  const body = (lines[1] ?? "").replace(/^\d+ \S+ /, "");
  return `${lines.length} ${entryHash(previous, body)} ${body}`;
}
