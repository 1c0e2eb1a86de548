import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { chmod, chown, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachableFrom } from "./reachable-from.ts";
import type { ServerUser } from "./server-user.ts";

/** A running server as its lock file `postmaster.pid` describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly socketDirectory: string;
  /** `starting`, `ready`, `stopping`, `standby`; empty in the first moment. */
  readonly status: string;
}

/** What a server is started with. */
export interface LaunchRequest {
  readonly cluster: string;
  readonly binaries: string;
  readonly user: ServerUser | undefined;
  readonly durable: boolean;
  readonly logFile: string;
}

/** A process started for a cluster; it may lose the race for the lock file and end. */
export interface LaunchedServer {
  readonly socketDirectory: string;
  /** How it ended, or undefined while it runs. */
  ended(): string | undefined;
}

const SOCKET_PREFIX = "dpg-pg-";
/** Linux allows 107 bytes for a socket's path, macOS 103; the file is `.s.PGSQL.5432`. */
const LONGEST_SOCKET_DIRECTORY = 80;

/**
 * Starts the server as a process of its own, in its own session, logging to a file: it outlives this process
 * when that is killed, and a terminal's Ctrl-C does not reach it. It listens on no network address, only in
 * a folder that nobody but its user and root may enter.
 */
export async function launchServer(request: LaunchRequest): Promise<LaunchedServer> {
  const { cluster, binaries, user, durable, logFile } = request;
  const socketDirectory = await createSocketDirectory(user);
  const { cwd, path } = reachableFrom(user, cluster);
  const log = openSync(logFile, "a");
  const settings = [...COMMON_SETTINGS, ...(durable ? [] : FORGETFUL_SETTINGS)].flatMap((item) => [
    "-c",
    item,
  ]);
  const child = spawn(join(binaries, "bin", "postgres"), ["-D", path, "-k", socketDirectory, ...settings], {
    ...user,
    cwd,
    detached: true,
    stdio: ["ignore", log, log],
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  closeSync(log);
  let ended: string | undefined;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, signal) => {
    ended = `The server ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}.`;
  });
  child.unref();
  return { socketDirectory, ended: () => ended };
}

const COMMON_SETTINGS = [
  "listen_addresses=",
  "max_connections=200",
  "timezone=UTC",
  "log_timezone=UTC",
  "log_checkpoints=off",
];
const FORGETFUL_SETTINGS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/** Deletes the folder of a server that has ended; any other folder stays. */
export async function removeSocketDirectory(directory: string): Promise<void> {
  if (!directory.includes(`/${SOCKET_PREFIX}`)) return;
  await rm(directory, { recursive: true, force: true });
}

async function createSocketDirectory(user: ServerUser | undefined): Promise<string> {
  const base = tmpdir().length <= LONGEST_SOCKET_DIRECTORY ? tmpdir() : "/tmp";
  const directory = await mkdtemp(join(base, SOCKET_PREFIX));
  await chmod(directory, 0o700);
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  return directory;
}

/** Reads the lock file of a cluster; undefined when there is none, `"empty"` when nothing is in it (yet). */
export async function readLockFile(cluster: string): Promise<Postmaster | "empty" | undefined> {
  const content = await readFile(lockFileOf(cluster), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  const lines = content.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return "empty";
  return { pid, socketDirectory: lines[4] ?? "", status: lines[7]?.trim() ?? "" };
}

/** Where Postgres keeps the lock of a cluster. */
export function lockFileOf(cluster: string): string {
  return join(cluster, "postmaster.pid");
}

/**
 * Whether a process is the server of this very cluster. Its id alone proves nothing: after a restart of the
 * machine or container another process may have it, and a copied folder carries the lock of the original.
 */
export async function isServerOf(cluster: string, pid: number): Promise<"yes" | "no" | "unknown"> {
  if (!isAlive(pid)) return "no";
  if (process.platform === "linux") return worksIn(cluster, `/proc/${pid}/cwd`);
  try {
    const command = execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
    return command.includes(`-D ${cluster} `) ? "yes" : "no";
  } catch {
    return "no";
  }
}

/** True while a process of that id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Whether a process has ended, and at most its number is left until its parent asks how, which is told on Linux only. It gives up
 * its working directory on the way there, some time before its state says so on a busy machine.
 */
export async function isDefunct(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // Gone, or nothing is to be seen of anybody.
  if (status === "") return !isAlive(pid);
  // The state comes after the name, which is in parentheses and may hold some itself (proc(5)).
  if (status.charAt(status.lastIndexOf(")") + 2) === "Z") return true;
  return stat(`/proc/${pid}/cwd`).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}

/** A server works in its data directory, so the two are the same folder. */
async function worksIn(cluster: string, workingDirectory: string): Promise<"yes" | "no" | "unknown"> {
  try {
    const [wanted, found] = await Promise.all([stat(cluster), stat(workingDirectory)]);
    return wanted.dev === found.dev && wanted.ino === found.ino ? "yes" : "no";
  } catch (error) {
    const denied = error instanceof Error && "code" in error && error.code === "EACCES";
    return denied ? "unknown" : "no";
  }
}
