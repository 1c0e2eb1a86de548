// `npm test`, and the long form of some tests: works in a fresh clone, so nothing is imported before it is installed and
// compiled.
import { join } from "node:path";
import { ensureBuilt, root } from "../gateway/commands/ensure-built.mjs";
import { runChild } from "./run-child.mjs";

ensureBuilt();
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const args = process.argv.slice(2);
const all = ["unit", "integration", "e2e", "measured"].flatMap((name) => ["--project", name]);
const projects = args.some((arg) => /^--project(=|$)/.test(arg)) ? [] : all;
await runChild([vitest, "run", ...projects, ...args]);
