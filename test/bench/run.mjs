// `npm run bench`: works in a fresh clone. Compiles into a folder of its own, so that nothing else is disturbed.
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ensureInstalled, root } from "../../gateway/commands/ensure-built.mjs";

ensureInstalled();
const out = join(root, `dist.bench-${process.pid}`);
try {
  process.exitCode = compile() || run();
} finally {
  rmSync(out, { recursive: true, force: true });
}

function compile() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "test/bench/tsconfig.json", "--outDir", out], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  const migrations = "gateway/audit/migrations";
  cpSync(join(root, migrations), join(out, migrations), { recursive: true });
  return status;
}

/** The load and the subgraphs on one CPU, gateways on the other, where that can be said. */
function run() {
  const pinned =
    availableParallelism() > 1 &&
    spawnSync("taskset", ["-c", "0", process.execPath, "--version"]).status === 0;
  const node = [process.execPath, join(out, "test/bench/main.js"), ...process.argv.slice(2)];
  const [command, ...args] = pinned ? ["taskset", "-c", "1", ...node, "--pinned"] : node;
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  return status ?? 1;
}
