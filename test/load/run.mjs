// `npm run test:overload` and its like: works in a fresh clone, so nothing is imported before it is installed and compiled.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, root } from "../../gateway/commands/ensure-built.mjs";

ensureBuilt();
const main = join(root, "test/load/main.ts");
const { status } = spawnSync(process.execPath, ["--import", "tsx", main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
