// Compiles to dist/, with the files that are read at run time; swaps the folder in when it is whole.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { build } from "vite";
import { root } from "./ensure-built.mjs";

const target = join(root, "dist");
const fresh = join(root, `dist.${process.pid}`);
const startedAt = new Date();

rmSync(fresh, { recursive: true, force: true });
const tsc = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", fresh], {
  cwd: root,
  stdio: ["ignore", 2, 2],
});
if (status !== 0) {
  rmSync(fresh, { recursive: true, force: true });
  process.exit(1);
}
for (const folder of ["gateway", "shared", "subgraphs"])
  cpSync(join(root, folder), join(fresh, folder), { recursive: true, filter: isReadAtRunTime });
await buildConsole(join(fresh, "gateway/console/page"));
copyGraphiql(join(fresh, "gateway/http/graphiql"));
writeFileSync(join(fresh, ".built"), `${startedAt.toISOString()}\n`);
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);

/** The template's sources are what `dpg subgraph new` copies. */
function isReadAtRunTime(path) {
  if (path === join(root, "gateway/console")) return false;
  if (path.includes(join("subgraphs", "template"))) return true;
  return ![".ts", ".mjs", ".md"].includes(extname(path));
}

/** The page at `/` as the browser loads it; nothing of it is read from elsewhere. */
async function buildConsole(folder) {
  await build({
    root: join(root, "gateway/console"),
    base: "/console/",
    configFile: false,
    logLevel: "warn",
    // An inlined script or image would need a looser content policy.
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: false,
    },
  });
}

/** The query page works offline: its scripts come from the packages in the lock file. */
function copyGraphiql(folder) {
  mkdirSync(folder, { recursive: true });
  for (const file of [
    "graphiql/graphiql.min.js",
    "graphiql/graphiql.min.css",
    "react/umd/react.production.min.js",
    "react-dom/umd/react-dom.production.min.js",
  ]) {
    const source = join(root, "node_modules", file);
    if (!existsSync(source)) throw new Error(`${file} is not installed`);
    cpSync(source, join(folder, file.replaceAll("/", "-")));
  }
}
