import { spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { explainStartFailure } from "./explain-start-failure.ts";
import { reachableFrom } from "./reachable-from.ts";
import type { ServerUser } from "./server-user.ts";

interface ClusterRequest {
  /** The folder that becomes the cluster ("data directory" in Postgres' words). */
  readonly cluster: string;
  readonly binaries: string;
  readonly user: ServerUser | undefined;
  /** False: no fsync, for data that need not survive the machine. */
  readonly durable: boolean;
}

/** An initdb takes seconds; a folder of one that is this old was left by a killed process. */
const ABANDONED_AFTER_MS = 5 * 60_000;

/**
 * Runs initdb where there is no cluster yet. It works in a folder beside, renamed when it is done: a process
 * killed half way leaves nothing that a later start takes for a cluster, and of two at once one wins.
 *
 * @throws ClientError POSTGRES_START_FAILED, or the error of the file system
 */
export async function createCluster(request: ClusterRequest): Promise<void> {
  const { cluster, user } = request;
  const parent = dirname(cluster);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(cluster);
  if (await hasFiles(cluster)) return;
  const fresh = await mkdtemp(`${cluster}.new-`);
  try {
    await chmod(fresh, 0o700);
    if (user !== undefined) await chown(fresh, user.uid, user.gid);
    await runInitdb(request, fresh);
    await rename(fresh, cluster);
    await syncDirectory(parent);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (await hasFiles(cluster)) return;
    throw error;
  }
}

async function runInitdb({ cluster, binaries, user, durable }: ClusterRequest, fresh: string): Promise<void> {
  const { cwd, path } = reachableFrom(user, fresh);
  const locale = ["-E", "UTF8", "--locale=C"];
  const access = ["-U", "postgres", "--auth-local=trust", "--auth-host=reject"];
  const sync = durable ? [] : ["--no-sync"];
  const initdb = spawn(
    join(binaries, "bin", "initdb"),
    ["-D", path, ...access, ...locale, "--no-instructions", ...sync],
    {
      ...user,
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
    },
  );
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    initdb.once("error", reject);
    initdb.once("close", (code, signal) => resolve(code ?? signal));
  });
  const [complaint, status] = await Promise.all([text(initdb.stderr), ended]);
  if (status !== 0) throw explainStartFailure(dirname(cluster), complaint || `initdb ended with ${status}`);
}

async function hasFiles(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length > 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

async function removeAbandoned(cluster: string): Promise<void> {
  const parent = dirname(cluster);
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!path.startsWith(`${cluster}.new-`)) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Makes the rename survive a power cut. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  await handle.sync().finally(() => handle.close());
}
