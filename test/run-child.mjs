// Plain JavaScript: this runs in a fresh clone, before anything is installed or compiled.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { root } from "../gateway/commands/ensure-built.mjs";

/** Runs Node with these arguments in this process's place: signals reach it, and its exit code is this one's. */
export async function runChild(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(name, () => child.kill(name));
  const [code, signal] = await once(child, "exit");
  process.exit(code ?? 128 + constants.signals[signal]);
}
