import { createInterface } from "node:readline";

/**
 * A program for tests: starts the embedded Postgres as a process of its own that can be killed. Arguments: the
 * launcher's module, then JSON of {@link PostgresProcessOptions}. It prints one line of JSON per event: what it
 * started or why it could not, and, after a line on standard input, that it stopped.
 */
export interface PostgresProcessOptions {
  readonly dataDirectory: string;
  readonly durable: boolean;
  /** Started by root, becomes this user after its modules are loaded, because those may lie where the user cannot read. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const [, , launcher = "", options = ""] = process.argv;
const { dataDirectory, durable, user }: PostgresProcessOptions = JSON.parse(options);
const { startEmbeddedPostgres }: typeof import("../../shared/postgres/embedded-postgres.ts") = await import(
  launcher
);
if (user !== undefined && process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
}
try {
  const server = await startEmbeddedPostgres({ dataDirectory, durable });
  process.stdout.write(`${JSON.stringify({ adminUrl: server.adminUrl })}\n`);
  for await (const _line of createInterface(process.stdin)) break;
  await server.stop();
  process.stdout.write(`${JSON.stringify({ stopped: true })}\n`);
} catch (error) {
  const { code, message } =
    error instanceof Error && "code" in error ? error : { code: "", message: String(error) };
  process.stdout.write(`${JSON.stringify({ code, message })}\n`);
}
process.exit(0);
