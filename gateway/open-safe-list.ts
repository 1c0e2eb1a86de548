import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Counter, type Registry } from "prom-client";
import { z } from "zod";
import { ClientError } from "../shared/errors.ts";
import { type ListedOperations, type OperationFeed, operationList } from "../shared/listed-operations.ts";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import { SafeList } from "./request/safe-list.ts";

/** Where listed operations come from, beside a file. */
export interface OperationOrigin {
  readonly feed: OperationFeed;
  /** Keeps the list for starts without the registry. */
  readonly lastGoodFile: string;
}

export interface SafeListLife {
  /** Null where every operation is answered. */
  readonly safeList: SafeList | null;
  readonly stop: () => void;
}

/** Milliseconds between two questions to the registry. */
const POLL_MS = 2000;

const file = z.record(z.string().min(1), z.array(z.string().min(1)));

/**
 * Opens the list of operations that are answered: from a file, else from the registry, whose changes it follows. While
 * nothing is known of the list, `enforce` answers nothing.
 *
 * @throws ClientError CONFIG_INVALID where there is neither, FILE_UNREADABLE
 */
export async function openSafeList(
  { operations }: Config,
  origin: OperationOrigin | null,
  metrics: Registry,
  log: Logger,
): Promise<SafeListLife> {
  const { mode } = operations;
  const unlisted = new Counter({
    name: "dpg_operations_unlisted_total",
    help: "Operations, once per application and text, that nobody has published",
    registers: [metrics],
  });
  if (mode === "off") return { safeList: null, stop: () => {} };
  const safeList = new SafeList({
    mode,
    onUnlisted: (found) => {
      unlisted.inc();
      log.warn(found, "an operation that is not listed");
    },
  });
  if (operations.file !== null) {
    safeList.replace({ operations: readFile(operations.file) });
    return { safeList, stop: () => {} };
  }
  if (origin === null)
    throw new ClientError(
      "CONFIG_INVALID",
      "operations.mode needs operations.file or a registry that is followed.",
    );
  return { safeList, stop: await follow(safeList, origin, log) };
}

/** The texts of each application by its name, `*` for any. */
function readFile(path: string): ListedOperations["operations"] {
  try {
    const byClient = file.parse(JSON.parse(readFileSync(path, "utf8")));
    return Object.entries(byClient).flatMap(([client, bodies]) => bodies.map((body) => ({ client, body })));
  } catch {
    throw new ClientError(
      "FILE_UNREADABLE",
      `${path} is no list of operations: {"application": ["query …"]}.`,
    );
  }
}

async function follow(
  list: SafeList,
  { feed, lastGoodFile }: OperationOrigin,
  log: Logger,
): Promise<() => void> {
  let revision: string | null = null;
  let isFailing = false;
  const look = async (): Promise<void> => {
    try {
      const found = await feed(revision);
      isFailing = false;
      if (found === null) return;
      list.replace(found);
      revision = found.revision;
      log.info({ revision, operations: found.operations.length }, "operations are listed");
      writeLastGood(lastGoodFile, found);
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, "the list of operations cannot be read");
      isFailing = true;
    }
  };
  await look();
  const known = revision === null ? readLastGood(lastGoodFile) : null;
  if (known) list.replace(known);
  let isStopped = false;
  let timer: NodeJS.Timeout;
  const again = (): void => {
    timer = setTimeout(() => void look().then(() => isStopped || again()), POLL_MS).unref();
  };
  again();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

function readLastGood(path: string): ListedOperations | null {
  try {
    return operationList.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

function writeLastGood(path: string, list: ListedOperations): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(list), { mode: 0o600 });
  renameSync(draft, path);
}
