import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { readBody } from "../../../../gateway/audit/audit-body.ts";
import { type ChainEntry, chainOrigin, entryHash } from "../../../../gateway/audit/audit-chain.ts";
import type { AuditStore } from "../../../../gateway/audit/audit-store.ts";
import { AuditWriter } from "../../../../gateway/audit/audit-writer.ts";
import { auditRecord } from "../../../testkit/audit-records.ts";

/** A store in memory that a test can slow down and break. */
class MemoryStore implements AuditStore {
  readonly entries: ChainEntry[] = [];
  readonly batches: number[] = [];
  /** What the next appends do before, or instead of, keeping. */
  before: () => Promise<void> = async () => {};
  /** Keeps the entries, and then fails: the answer was lost. */
  losesAnswer = false;

  heads = async () => [];
  close = async () => {};

  async append(entries: readonly ChainEntry[]): Promise<void> {
    await this.before();
    const isNew = (entry: ChainEntry) => !this.entries.some(({ seq }) => seq === entry.seq);
    const added = entries.filter(isNew);
    this.entries.push(...added);
    this.batches.push(added.length);
    if (this.losesAnswer) throw new Error("connection lost");
  }

  /** The kinds of bodies, after checking that the chain is whole. */
  kinds(): readonly string[] {
    let previous = chainOrigin(this.entries[0]?.chain ?? "");
    this.entries.forEach((entry, index) => {
      expect(entry.seq).toBe(index);
      expect(entry.hash).toBe(entryHash(previous, entry.body));
      previous = entry.hash;
    });
    return this.entries.map(({ body }) => readBody(body)?.kind ?? "unreadable");
  }
}

function open(timeoutMs = 100) {
  const store = new MemoryStore();
  const said: string[] = [];
  const report = {
    written: () => {},
    failed: () => said.push("failed"),
    recovered: () => said.push("recovered"),
    queued: () => {},
  };
  return { store, said, writer: new AuditWriter({ store, timeoutMs, report }) };
}

const broken = async () => {
  throw new Error("disk full");
};
const works = async () => {};

describe("bounded", () => {
  const large = () => auditRecord({ entities: Array.from({ length: 1000 }, () => "k".repeat(200)) });

  test("records that wait for the store take no more than a hundred megabytes, however large they are", async () => {
    const { store, writer } = open();
    await writer.start();
    store.before = broken;
    let kept = 0;
    const fill = () => {
      for (; kept < 1000; kept += 1) writer.append([large()], false);
    };
    expect(fill).toThrow("too many audit records wait for the store");
    expect(kept).toBeLessThan(500);
    store.before = works;
    await expect.poll(() => store.entries.length, { timeout: 5000 }).toBeGreaterThan(kept);
    expect(writer.append([large()], false)).toBeNull();
    await writer.close();
    expect(store.kinds().filter((kind) => kind === "delivery")).toHaveLength(kept + 1);
  });

  test("large records go to the store a few at a time", async () => {
    const { store, writer } = open(5000);
    await writer.start();
    await Promise.all(Array.from({ length: 100 }, () => writer.append([large()], true)));
    await writer.close();
    expect(Math.max(...store.batches)).toBeLessThan(20);
  });
});

describe("group commit", () => {
  test("what comes while the store is busy shares the next batch", async () => {
    const { store, writer } = open(1000);
    await writer.start();
    store.before = () => pause(20);
    await Promise.all(Array.from({ length: 100 }, () => writer.append([auditRecord()], true)));
    expect(store.batches.slice(1).reduce((sum, size) => sum + size)).toBe(100);
    expect(store.batches.length).toBeLessThanOrEqual(4);
    await writer.close();
    expect(store.kinds()).toEqual(["start", ...Array(100).fill("delivery"), "end"]);
  });

  test("a durable record is waited for, another one is not", async () => {
    const { store, writer } = open(1000);
    await writer.start();
    store.before = () => pause(30);
    const since = performance.now();
    expect(writer.append([auditRecord()], false)).toBeNull();
    expect(performance.now() - since).toBeLessThan(10);
    await writer.append([auditRecord()], true);
    expect(store.entries.length).toBe(3);
    await writer.close();
  });

  test("the records of one call stay together and in order", async () => {
    const { store, writer } = open(1000);
    await writer.start();
    const records = ["a", "b", "c"].map((coordinate) => auditRecord({ coordinate }));
    await Promise.all([writer.append(records, true), writer.append(records, true)]);
    const bodies = store.entries.flatMap(({ body }) => readBody(body) ?? []);
    const coordinates = bodies.flatMap((body) => (body.kind === "delivery" ? body.coordinate : []));
    expect(coordinates.join("")).toBe("abcabc");
    await writer.close();
  });
});

describe("a store that does not work", () => {
  test("refuses who waits, then everybody who needs durability at once, and recovers unaided", async () => {
    const { store, said, writer } = open();
    await writer.start();
    store.before = broken;
    await expect(writer.append([auditRecord()], true)).rejects.toThrow("disk full");
    expect(() => writer.append([auditRecord()], true)).toThrow("does not work");
    expect(writer.append([auditRecord({ requestId: "later" })], false)).toBeNull();
    store.before = works;
    await expect.poll(() => said).toEqual(["failed", "recovered"]);
    await writer.append([auditRecord()], true);
    await writer.close();
    expect(store.kinds()).toEqual(["start", "delivery", "delivery", "delivery", "end"]);
  });

  test("that does not answer in time refuses who waits, and is not asked twice at once", async () => {
    const { store, said, writer } = open(50);
    await writer.start();
    let running = 0;
    let most = 0;
    store.before = async () => {
      running += 1;
      most = Math.max(most, running);
      await pause(200);
      running -= 1;
    };
    const since = performance.now();
    await expect(writer.append([auditRecord()], true)).rejects.toThrow("no answer within 50 ms");
    expect(performance.now() - since).toBeLessThan(150);
    await expect.poll(() => said).toEqual(["failed", "recovered"]);
    expect(most).toBe(1);
    await writer.close();
    expect(store.kinds()).toEqual(["start", "delivery", "end"]);
  });

  test("that kept the entries and lost the answer does not break the chain", async () => {
    const { store, said, writer } = open();
    await writer.start();
    store.losesAnswer = true;
    await expect(writer.append([auditRecord()], true)).rejects.toThrow("connection lost");
    store.losesAnswer = false;
    await expect.poll(() => said).toEqual(["failed", "recovered"]);
    await writer.append([auditRecord()], true);
    await writer.close();
    expect(store.kinds()).toEqual(["start", "delivery", "delivery", "end"]);
  });

  test("from the start on: the start fails, the writer goes on trying, and the chain begins when it can", async () => {
    const { store, said, writer } = open();
    store.before = broken;
    await expect(writer.start()).rejects.toThrow("disk full");
    expect(() => writer.append([auditRecord()], true)).toThrow("does not work");
    store.before = works;
    await expect.poll(() => said).toEqual(["failed", "recovered"]);
    await writer.append([auditRecord()], true);
    await writer.close();
    expect(store.kinds()[0]).toBe("start");
    expect(store.kinds().slice(-2)).toEqual(["delivery", "end"]);
  });

  test("drops what is not delivered, and keeps a bounded number of what is", async () => {
    const { store, writer } = open();
    await writer.start();
    store.before = broken;
    await expect(writer.append([auditRecord()], true)).rejects.toThrow("disk full");
    const many = Array.from({ length: 1000 }, () => auditRecord());
    let accepted = 0;
    expect(() => {
      for (; accepted < 100; accepted++) writer.append(many, false);
    }).toThrow("too many");
    expect(accepted).toBe(49);
    await writer.close();
  }, 20_000);
});
