// `npm test`, and the long form of some tests: works in a fresh clone, so nothing is imported before it is installed and
// compiled.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, root } from "../gateway/commands/ensure-built.mjs";

ensureBuilt();
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const args = process.argv.slice(2);
const all = ["unit", "integration", "e2e", "measured"].flatMap((name) => ["--project", name]);
const projects = args.includes("--project") ? [] : all;
const { status } = spawnSync(process.execPath, [vitest, "run", ...projects, ...args], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
