// Plain JavaScript: this runs in a fresh clone, before anything is installed or compiled.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Installs the packages of the lock file and compiles, each only where needed. Speaks on stderr only. */
export function ensureBuilt() {
  if (!existsSync(join(root, "tsconfig.build.json"))) return; // an installed package ships its dist
  ensureInstalled();
  if (newestSource() <= timeOf("dist/.built")) return;
  process.stderr.write("Building …\n");
  run(process.execPath, [join(root, "gateway/commands/build.mjs")]);
}

/** Installs the packages of the lock file where they are missing or of another lock file. */
export function ensureInstalled() {
  refuseOldNode();
  // A linked folder belongs to another clone: npm ci would empty that one.
  if (lstatSync(join(root, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) return;
  if (timeOf("node_modules/.package-lock.json") >= timeOf("package-lock.json")) return;
  process.stderr.write("Installing packages (once, about half a minute) …\n");
  // Compiling takes the development packages, also where NODE_ENV=production leaves them out.
  run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  process.stderr.write(`Node ${process.versions.node} is too old: this needs ${engines.node}.\n`);
  process.exit(1);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status === 0) return;
  process.stderr.write(`${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}.\n`);
  process.exit(1);
}

function newestSource() {
  const folders = ["gateway", "shared", "subgraphs"].map((name) => join(root, name));
  const files = ["package.json", "tsconfig.json", "tsconfig.build.json"].map((name) => timeOf(name));
  return Math.max(...files, ...folders.map(newestIn));
}

function newestIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((newest, entry) => {
    const path = join(folder, entry.name);
    return Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }, statSync(folder).mtimeMs);
}

function timeOf(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
