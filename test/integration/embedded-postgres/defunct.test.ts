import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { isAlive, isDefunct } from "../../../shared/postgres/postmaster.ts";

/** Processes that want all of the machine, so that a process which ends is kept waiting on the way. */
function occupyProcessors(): void {
  const busy = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" }),
  );
  onTestFinished(() => {
    for (const child of busy) child.kill("SIGKILL");
  });
}

function hasWorkingDirectory({ pid }: ChildProcess): boolean {
  return statSync(`/proc/${pid}/cwd`, { throwIfNoEntry: false }) !== undefined;
}

test("a killed process counts as ended from when it has no working directory, by which a server is known", async () => {
  occupyProcessors();
  for (let number = 0; number < 60; number += 1) {
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    await once(child, "spawn");
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    // Nothing is awaited here, so that nobody reaps it meanwhile.
    while (hasWorkingDirectory(child));
    expect(isAlive(child.pid ?? 0)).toBe(true);
    expect(await isDefunct(child.pid ?? 0)).toBe(true);
    await ended;
  }
});

test("a process that runs is not defunct", async () => {
  expect(await isDefunct(process.pid)).toBe(false);
});
