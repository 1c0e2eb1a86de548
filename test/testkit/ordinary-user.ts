/** Somebody who is not root: `nobody` for tests that run as root, else the user who runs them. */
export const ORDINARY_USER =
  process.getuid?.() === 0
    ? { uid: 65_534, gid: 65_534 }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
