import { createServer } from "node:net";

const FIRST = 10_240;
/** Below this the system gives no port to an outgoing connection, nor to a server that asks for any. */
const EPHEMERAL = 32_768;
const BLOCK = 128;

/**
 * The first of 127 ports which nobody else is given while this process lives: the demo takes some beside its own.
 * The block's last port is held as the claim, so that it ends with the process, however that ends.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + BLOCK * Math.floor((Math.random() * (EPHEMERAL - FIRST)) / BLOCK);
    if (!(await claims(port + BLOCK - 1))) continue;
    const unused = await Promise.all(
      [0, 99, 100, 101, 102, 103, 104].map((offset) => isUnused(port + offset)),
    );
    if (unused.every(Boolean)) return port;
  }
}

function claims(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
}

function isUnused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
