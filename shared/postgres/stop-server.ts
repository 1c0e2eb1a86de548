import { setTimeout as sleep } from "node:timers/promises";
import { InternalError } from "../errors.ts";
import { isServerOf, type Postmaster, removeSocketDirectory } from "./postmaster.ts";

/** A fast shutdown ends sessions and writes a checkpoint; after this long the server is told to drop everything. */
const FAST_SHUTDOWN_MS = 9_000;
const IMMEDIATE_SHUTDOWN_MS = 4_000;

/**
 * Stops a server and waits until it has ended; nothing happens when it has ended already.
 *
 * @throws InternalError when it survives even the immediate shutdown
 */
export async function stopServer(cluster: string, server: Postmaster): Promise<void> {
  const { pid, socketDirectory } = server;
  const ended =
    (await signalAndWait(cluster, pid, "SIGINT", FAST_SHUTDOWN_MS)) ||
    (await signalAndWait(cluster, pid, "SIGQUIT", IMMEDIATE_SHUTDOWN_MS));
  if (!ended) throw new InternalError(`The embedded Postgres (process ${pid}) does not stop.`);
  await removeSocketDirectory(socketDirectory);
}

/** Signals the server ("Shutting Down the Server" in Postgres' manual): SIGINT is fast, SIGQUIT immediate. */
async function signalAndWait(
  cluster: string,
  pid: number,
  signal: "SIGINT" | "SIGQUIT",
  patienceMs: number,
): Promise<boolean> {
  if ((await isServerOf(cluster, pid)) !== "yes") return true;
  process.kill(pid, signal);
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if ((await isServerOf(cluster, pid)) !== "yes") return true;
    await sleep(10);
  }
  return false;
}
