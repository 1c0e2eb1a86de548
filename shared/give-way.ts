import { getPriority, setPriority } from "node:os";

/**
 * Lowers the priority of the calling thread to a `nice` value, where it is not as low already. Only on Linux does a
 * thread have a priority of its own; elsewhere, and where the system refuses, nothing changes.
 */
export function giveWay(nice: number): void {
  if (process.platform !== "linux") return;
  try {
    if (getPriority() < nice) setPriority(nice);
  } catch {
    // What it does is right at any priority.
  }
}
