import type { Server } from "node:http";
import type { Socket } from "node:net";
import { OpenConnections } from "../../shared/open-connections.ts";

export interface ConnectionLimits {
  /** Milliseconds in which a client has to take an answer that is ready. */
  readonly writeTimeoutMs: number;
  /** Bytes of answers that clients have not taken yet, of all connections; beyond, the slowest lose theirs. */
  readonly maxUnsentBytes: number;
}

export interface Connections {
  /** Closes connections that wait for a request, now and as they fall idle, until all are closed. */
  readonly drain: () => void;
  readonly stop: () => void;
}

/** Milliseconds between two looks at the open connections. */
const LOOK_MS = 500;
const DRAIN_LOOK_MS = 50;

/**
 * Watches the connections of a server: clients that do not read (hardening 82) are cut off, so that answers do not pile
 * up in memory. Requests pay nothing for it.
 */
export function watchConnections(server: Server, limits: ConnectionLimits): Connections {
  const open = new OpenConnections(server);
  /** Since when a connection has had something to send that its client does not take. */
  const slowSince = new WeakMap<Socket, number>();
  const looking = setInterval(() => cutSlowReaders([...open], slowSince, limits), LOOK_MS).unref();
  let draining: NodeJS.Timeout | undefined;
  return {
    drain: () => {
      draining ??= setInterval(() => open.closeUnused(), DRAIN_LOOK_MS);
      open.closeUnused();
    },
    stop: () => {
      clearInterval(looking);
      clearInterval(draining);
    },
  };
}

function cutSlowReaders(
  open: readonly Socket[],
  slowSince: WeakMap<Socket, number>,
  { writeTimeoutMs, maxUnsentBytes }: ConnectionLimits,
): void {
  const now = performance.now();
  const since = (socket: Socket): number => slowSince.get(socket) ?? now;
  for (const socket of open) {
    if (socket.writableLength === 0) slowSince.delete(socket);
    else slowSince.set(socket, since(socket));
  }
  const slow = open.filter((socket) => socket.writableLength > 0).sort((a, b) => since(a) - since(b));
  let unsent = slow.reduce((sum, { writableLength }) => sum + writableLength, 0);
  for (const socket of slow) {
    if (now - since(socket) < writeTimeoutMs && unsent <= maxUnsentBytes) return;
    unsent -= socket.writableLength;
    socket.destroy();
  }
}
