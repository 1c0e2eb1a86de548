import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

/** What a log is made for. */
export interface LogOptions {
  /** The process, such as `gateway` or `subgraph-order`. */
  readonly name: string;
  readonly level: LogLevel;
  /** Where lines go; standard output if absent. */
  readonly destination?: DestinationStream;
}

/** Credentials by the names under which they get logged by mistake, at the top and one level below. */
const SECRETS = ["authorization", "cookie", "token", "password", "privateKey", "databaseUrl"];

/**
 * A JSON log on standard output without credentials. Of an error it keeps what helps to find the fault and
 * leaves out what quotes data: Postgres puts the offending row into `detail` and `where`.
 */
export function createLog({ name, level, destination }: LogOptions): Logger {
  const options = {
    name,
    level,
    redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.headers.${key}`]), censor: "[secret]" },
    serializers: { err: describeError, error: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** An error as a log record; nested causes are followed four deep. */
export function describeError(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) };
  const kept = KEPT_FIELDS.flatMap((key) => (key in error ? [[key, Reflect.get(error, key)]] : []));
  const cause =
    error.cause !== undefined && depth < 4 ? { cause: describeError(error.cause, depth + 1) } : {};
  return {
    type: error.name,
    message: error.message,
    ...Object.fromEntries(kept),
    stack: error.stack,
    ...cause,
  };
}

/** Node's and Postgres's names for what went wrong where. */
const KEPT_FIELDS = ["code", "severity", "schema", "table", "column", "constraint", "routine", "syscall"];
