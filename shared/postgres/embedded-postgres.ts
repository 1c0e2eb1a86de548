import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientError } from "../errors.ts";
import { createCluster } from "./create-cluster.ts";
import { asStartFailure, explainStartFailure } from "./explain-start-failure.ts";
import {
  isAlive,
  isDefunct,
  isServerOf,
  type LaunchedServer,
  type LaunchRequest,
  launchServer,
  lockFileOf,
  type Postmaster,
  readLockFile,
  removeSocketDirectory,
} from "./postmaster.ts";
import { prepareBinaries } from "./prepare-binaries.ts";
import { chooseServerUser } from "./server-user.ts";
import { stopServer } from "./stop-server.ts";

interface EmbeddedPostgresOptions {
  /** Made where missing: `cluster/` with the data, `server.log` with what the server says. */
  readonly dataDirectory: string;
  /** False: no fsync, for data that need not survive the machine (tests). Default true. */
  readonly durable?: boolean;
}

/** A running server on this machine, reachable through a Unix socket only. */
export interface EmbeddedPostgres {
  /** Connects as the superuser `postgres` to the database `postgres`. */
  readonly adminUrl: string;
  /** Fast shutdown; resolves when the server has ended. Calling it again is harmless. */
  stop(): Promise<void>;
}

/** A start includes recovery after a crash. */
const START_TIMEOUT_MS = 60_000;
/** How long a start is tried again while another process holds the directory's lock or its memory. */
const RETRY_MS = 10_000;
/** The server fills its lock file at once; one that stays empty was left by a crash or a full disk. */
const EMPTY_LOCK_IS_STALE_MS = 5_000;
const LARGEST_LOG_BYTES = 10_000_000;
const POSTGRES_MAJOR = "18";

/**
 * Starts the real Postgres from the installed binaries, or joins the server that already runs on the same
 * directory: one that survived a kill -9 of the process that started it, or one of a concurrent start (then
 * whoever stops first stops it for both).
 *
 * @throws ClientError POSTGRES_START_FAILED (disk, permissions, damaged or locked directory) or
 *   PLATFORM_UNSUPPORTED
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.dataDirectory);
  try {
    return await start(directory, options.durable ?? true);
  } catch (error) {
    throw asStartFailure(directory, error);
  }
}

async function start(directory: string, durable: boolean): Promise<EmbeddedPostgres> {
  await mkdir(directory, { recursive: true });
  const cluster = join(directory, "cluster");
  const user = chooseServerUser(cluster);
  const binaries = await prepareBinaries(user);
  await createCluster({ cluster, binaries, user, durable });
  await checkVersion(directory, cluster);
  const server = await reachServer({
    cluster,
    binaries,
    user,
    durable,
    logFile: join(directory, "server.log"),
  });
  let stopped: Promise<void> | undefined;
  return {
    adminUrl: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(server.socketDirectory)}`,
    stop: () => {
      stopped ??= stopServer(cluster, server);
      return stopped;
    },
  };
}

async function checkVersion(directory: string, cluster: string): Promise<void> {
  const version = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  if (version === POSTGRES_MAJOR) return;
  throw explainStartFailure(
    directory,
    `FATAL: initialized by PostgreSQL version ${JSON.stringify(version)}, this is ${POSTGRES_MAJOR}`,
  );
}

/** Waits for the cluster's server to be ready, starting it when there is none. */
async function reachServer(request: LaunchRequest): Promise<Postmaster> {
  const { cluster, logFile } = request;
  const begun = Date.now();
  const logStart = await rotateLog(logFile);
  let launched: LaunchedServer | undefined;
  while (Date.now() - begun < START_TIMEOUT_MS) {
    const server = await findServer(cluster);
    if (server?.status === "ready") {
      const socket = await trySocket(server);
      if (socket === "open") return discardLoser(launched, server);
      if (socket === "missing") await stopServer(cluster, server);
    } else if (server === undefined && launched === undefined) {
      launched = await launchServer(request);
    } else if (server === undefined && launched?.ended() !== undefined) {
      const evidence = `${await readFrom(logFile, logStart)}\n${launched.ended()}`;
      await removeSocketDirectory(launched.socketDirectory);
      if (!isWorthRetrying(evidence) || Date.now() - begun > RETRY_MS) {
        throw explainStartFailure(join(cluster, ".."), evidence);
      }
      launched = undefined;
    }
    await sleep(20);
  }
  throw new ClientError(
    "POSTGRES_START_FAILED",
    `The embedded Postgres was not ready after ${START_TIMEOUT_MS / 1000} s; its log is ${logFile}.`,
  );
}

/** The server that runs on the cluster, if any. A lock file that no server stands behind is removed. */
async function findServer(cluster: string): Promise<Postmaster | undefined> {
  const lock = await readLockFile(cluster);
  if (lock === undefined) return undefined;
  if (lock === "empty") {
    const { mtimeMs } = await stat(lockFileOf(cluster));
    if (Date.now() - mtimeMs > EMPTY_LOCK_IS_STALE_MS) await rm(lockFileOf(cluster), { force: true });
    return undefined;
  }
  const verdict = await isServerOf(cluster, lock.pid);
  if (verdict === "yes") return lock;
  if (verdict === "no") await removeStaleLock(cluster, lock);
  return undefined;
}

/**
 * Postgres itself clears the lock of a process that is gone, after it has looked for surviving children, but
 * not its socket; where the number now belongs to another process, or to a killed one that was not reaped yet, it
 * would refuse to start.
 */
async function removeStaleLock(cluster: string, lock: Postmaster): Promise<void> {
  const isTaken = isAlive(lock.pid);
  if (isTaken) await rm(lockFileOf(cluster), { force: true });
  // Another live process may be the server of the folder that this one was copied from, with a socket there.
  if (!isTaken || (await isDefunct(lock.pid))) await removeSocketDirectory(lock.socketDirectory);
}

/**
 * Missing: cleaners of the temporary folder deleted the socket of a server that still runs. Refused: the server
 * was killed a moment ago, and its process is still there.
 */
function trySocket(server: Postmaster): Promise<"open" | "refused" | "missing"> {
  return new Promise((resolve) => {
    const socket = connect(join(server.socketDirectory, ".s.PGSQL.5432"));
    socket.once("connect", () => {
      socket.destroy();
      resolve("open");
    });
    socket.once("error", (error) =>
      resolve("code" in error && error.code === "ENOENT" ? "missing" : "refused"),
    );
  });
}

async function discardLoser(launched: LaunchedServer | undefined, server: Postmaster): Promise<Postmaster> {
  if (launched !== undefined && launched.socketDirectory !== server.socketDirectory) {
    await removeSocketDirectory(launched.socketDirectory);
  }
  return server;
}

function isWorthRetrying(evidence: string): boolean {
  return /lock file "[^"]+" (already exists|is empty)|shared memory block .* is still in use/.test(evidence);
}

/** Starts a new log when the old one is large. @returns where in the file this start's lines begin */
async function rotateLog(logFile: string): Promise<number> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size < LARGEST_LOG_BYTES) return size;
  await rename(logFile, `${logFile}.1`);
  return 0;
}

async function readFrom(file: string, position: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size - position, 100_000)), {
      position,
    });
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
