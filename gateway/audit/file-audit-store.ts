import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readBody } from "./audit-body.ts";
import type { ChainEntry, ChainHead } from "./audit-chain.ts";
import { type AuditArchive, type AuditStore, matches, type StoredEntry, WITNESSED } from "./audit-store.ts";

/**
 * Chains as files of a folder, one each, only ever appended to: a line holds number, hash and body. Durable means
 * fdatasync. For one machine; several gateways of one machine may share the folder.
 */
export class FileAuditStore implements AuditStore {
  readonly #directory: string;
  #file: FileHandle | null = null;
  /** Bytes that are durable; what was written beyond is written again. */
  #length = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async heads(): Promise<readonly ChainHead[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const files = (await chainFiles(this.#directory)).slice(-WITNESSED);
    const heads = await Promise.all(
      files.map((file) => lastEntry(join(this.#directory, file), chainOf(file))),
    );
    return heads.flatMap((head) => head ?? []);
  }

  async append(entries: readonly ChainEntry[]): Promise<void> {
    const [first] = entries;
    if (!first) return;
    this.#file ??= await createFile(this.#directory, first.chain);
    const lines = entries.map(({ seq, hash, body }) => `${seq} ${hash} ${body}\n`).join("");
    const bytes = Buffer.from(lines, "utf8");
    for (let written = 0; written < bytes.length; ) {
      const rest = bytes.subarray(written);
      const { bytesWritten } = await this.#file.write(rest, 0, rest.length, this.#length + written);
      written += bytesWritten;
    }
    await this.#file.datasync();
    this.#length += bytes.length;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }
}

/** The chains of a folder, for reading. */
export function openFileArchive(directory: string): AuditArchive {
  const pathOf = async (chain: string) => {
    const file = (await chainFiles(directory)).find((name) => chainOf(name) === chain);
    return join(directory, file ?? chain);
  };
  async function* entries(chain: string): AsyncIterable<StoredEntry> {
    yield* readEntries(await pathOf(chain));
  }
  return {
    chains: async () => (await chainFiles(directory)).map(chainOf),
    entries,
    deliveries: async function* (query) {
      for (const file of await chainFiles(directory))
        for await (const entry of readEntries(join(directory, file))) {
          const body = entry === "torn" ? null : readBody(entry.body);
          if (body?.kind === "delivery" && matches(query, body)) yield body;
        }
    },
    close: async () => {},
  };
}

const SUFFIX = ".audit";

/** Oldest first: names begin with the time of the start. */
async function chainFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((): string[] => []);
  return names.filter((name) => name.endsWith(SUFFIX)).sort();
}

function chainOf(file: string): string {
  return file.slice(file.indexOf("_") + 1, -SUFFIX.length);
}

async function createFile(directory: string, chain: string): Promise<FileHandle> {
  const time = new Date().toISOString().replace(/[-:.]/g, "");
  const file = await open(join(directory, `${time}_${chain}${SUFFIX}`), "wx", 0o600);
  const folder = await open(directory);
  await folder.sync().finally(() => folder.close());
  return file;
}

async function* readEntries(path: string): AsyncIterable<StoredEntry> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield parseLine(line);
  }
  if (rest !== "") yield "torn";
}

function parseLine(line: string): StoredEntry {
  const [, seq = "", hash = "", body = ""] = /^(\d+) (\S*) (.*)$/.exec(line) ?? [];
  return { seq: seq === "" ? -1 : Number(seq), hash, body };
}

async function lastEntry(path: string, chain: string): Promise<ChainHead | null> {
  let head: ChainHead | null = null;
  for await (const entry of readEntries(path))
    if (entry !== "torn") head = { chain, seq: entry.seq, hash: entry.hash };
  return head;
}
