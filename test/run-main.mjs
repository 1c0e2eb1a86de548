// `node test/run-main.mjs FILE …`: a long test that is a program of its own. Works in a fresh clone, so nothing is
// imported before it is installed and compiled.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, root } from "../gateway/commands/ensure-built.mjs";

ensureBuilt();
const [file, ...args] = process.argv.slice(2);
const { status } = spawnSync(process.execPath, ["--import", "tsx", join(root, file), ...args], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
