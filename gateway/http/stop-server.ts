import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Connections } from "./connections.ts";

export interface ShutdownTimes {
  /** Milliseconds in which requests are still taken although the server says that it is not ready. */
  readonly delayMs: number;
  /** Milliseconds for what is in flight after that. */
  readonly graceMs: number;
}

export interface StopParts {
  readonly app: FastifyInstance;
  readonly connections: Connections;
  /** Makes the server not ready, and each answer the last one of its connection. */
  readonly announce: () => void;
  readonly times: ShutdownTimes;
}

/** Stops a server so that nobody notices: announced, then closed to new connections, and what is in flight is answered. */
export async function stopServer({ app, connections, announce, times }: StopParts): Promise<void> {
  announce();
  await pause(times.delayMs);
  const closed = app.close();
  connections.drain();
  const deadline = setTimeout(() => app.server.closeAllConnections(), times.graceMs);
  await closed;
  clearTimeout(deadline);
  connections.stop();
}
