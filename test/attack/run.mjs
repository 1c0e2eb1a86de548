// `npm run test:attack`: works in a fresh clone, so nothing is imported before it is installed and compiled.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, root } from "../../gateway/commands/ensure-built.mjs";

ensureBuilt();
const { status } = spawnSync(process.execPath, ["--import", "tsx", join(root, "test/attack/main.ts")], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
