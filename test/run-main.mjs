// `node test/run-main.mjs FILE …`: a long test that is a program of its own. Works in a fresh clone, so nothing is
// imported before it is installed and compiled.
import { join } from "node:path";
import { ensureBuilt, root } from "../gateway/commands/ensure-built.mjs";
import { runChild } from "./run-child.mjs";

ensureBuilt();
const [file, ...args] = process.argv.slice(2);
await runChild(["--import", "tsx", join(root, file), ...args]);
