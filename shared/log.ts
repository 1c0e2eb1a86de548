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

/**
 * Credentials and what clients send, by the names under which they get logged by mistake, at the top and one level
 * below.
 */
const SECRETS = [
  ...["authorization", "cookie", "token", "password", "privateKey", "databaseUrl", "adminUrl", "hmacKey"],
  ...["variables", "query", "body", '["set-cookie"]', '["x-api-key"]', '["proxy-authorization"]'],
];

/**
 * A JSON log on standard output without credentials. Of an error it keeps what helps to find the fault and
 * leaves out what quotes data: Postgres puts the offending row into `detail` and `where`.
 */
export function createLog({ name, level, destination }: LogOptions): Logger {
  const options = {
    name,
    level,
    redact: { paths: SECRETS.flatMap(pathsOf), censor: "[secret]" },
    hooks: { streamWrite: scrub },
    serializers: { err: describeError, error: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

function pathsOf(key: string): readonly string[] {
  const member = key.startsWith("[") ? key : `.${key}`;
  return [key, `*${member}`, `*.headers${member}`];
}

/** Tokens and passwords inside of texts: in an error's message, or in an address. */
const CREDENTIALS =
  /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|\bBearer [\w.~+/=-]+|(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s"/@]+@/gi;
/**
 * What JSON leaves as it is, though it moves a cursor, breaks a line or turns the direction of text (hardening 117);
 * JSON itself escapes the controls below the space.
 */
const UNSAFE = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A line of the log without what must not be in it, whoever wrote it. */
function scrub(line: string): string {
  return line
    .replace(CREDENTIALS, "[secret]")
    .replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
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
