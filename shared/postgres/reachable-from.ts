import { mayEnter, type ServerUser } from "./server-user.ts";

/**
 * How a process of `user` names a folder: by its path, or, where a folder above it is closed to that user (a
 * clone below /root), as its working directory, which this process enters on its behalf (proc(5), Linux only).
 */
export function reachableFrom(
  user: ServerUser | undefined,
  directory: string,
): { readonly cwd: string; readonly path: string } {
  if (user === undefined || process.platform !== "linux" || mayEnter(user, directory)) {
    return { cwd: "/", path: directory };
  }
  return { cwd: directory, path: "/proc/self/cwd" };
}
