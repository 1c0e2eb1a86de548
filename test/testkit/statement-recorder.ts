import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** A relay in front of Postgres that notes the statements which really arrive there. */
export interface StatementRecorder {
  /** The same database through the relay. */
  readonly url: string;
  /** The statements since the last call, without those that begin and end transactions. */
  readonly take: () => readonly string[];
  /** False cuts all connections and refuses new ones, until it is true again. */
  readonly setReachable: (reachable: boolean) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a relay to the database of a connection string. */
export async function startStatementRecorder(databaseUrl: string): Promise<StatementRecorder> {
  const { host, port, user, database } = new pg.Client({ connectionString: databaseUrl });
  const password = new pg.Client({ connectionString: databaseUrl }).password;
  const folder = await mkdtemp(join(tmpdir(), "dpg-relay-"));
  let statements: string[] = [];
  const sockets = new Set<Socket>();
  let isReachable = true;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (!isReachable) {
      client.destroy();
      return;
    }
    const upstream = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const read = createStatementReader((text) => statements.push(text));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    client.on("data", read);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(join(folder, ".s.PGSQL.5432"), resolve));
  const login = [user, password].map((part) => encodeURIComponent(part ?? "")).join(":");
  return {
    url: `postgres://${login}@/${database}?host=${encodeURIComponent(folder)}&port=5432`,
    take: () => {
      const taken = statements.filter((text) => !/^(BEGIN|COMMIT|ROLLBACK)\b/.test(text));
      statements = [];
      return taken;
    },
    setReachable: (reachable) => {
      isReachable = reachable;
      if (!reachable) cut();
    },
    stop: async () => {
      server.close();
      cut();
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * Reads what a client sends (https://www.postgresql.org/docs/current/protocol-message-formats.html): after the
 * untyped start-up message a type byte, the length and the body; `Q` is a simple query, `P` a statement to parse.
 */
function createStatementReader(onStatement: (text: string) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const head = started ? 1 : 0;
      if (pending.length < head + 4) return;
      const end = head + pending.readInt32BE(head);
      if (pending.length < end) return;
      const type = started ? String.fromCharCode(pending.readUInt8(0)) : "";
      const body = pending
        .subarray(head + 4, end)
        .toString("utf8")
        .split("\0");
      if (type === "Q") onStatement((body[0] ?? "").trim());
      if (type === "P") onStatement((body[1] ?? "").trim());
      started = true;
      pending = pending.subarray(end);
    }
  };
}
