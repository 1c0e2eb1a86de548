import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";

/** The user that runs the server; undefined means: the user of this process. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that has to run the server, which refuses to run as root: nobody else when this process is not
 * root; else the owner of the data already there, else the system's user `postgres`, else `nobody`.
 */
export function chooseServerUser(clusterDirectory: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(clusterDirectory, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return systemUser("postgres") ?? systemUser("nobody") ?? { uid: 65_534, gid: 65_534 };
}

/** True when `user` may enter `directory`, which depends on every folder above it: tried, not computed. */
export function mayEnter(user: ServerUser | undefined, directory: string): boolean {
  const tried = spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", directory], {
    ...user,
    cwd: "/",
    stdio: "ignore",
  });
  return tried.status === 0;
}

/** Looks a user up in /etc/passwd (passwd(5): name:password:uid:gid:…). */
function systemUser(name: string): ServerUser | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) return undefined;
  return { uid: Number(uid), gid: Number(gid) };
}
