import { ClientError } from "../errors.ts";

interface Explanation {
  readonly sign: RegExp;
  readonly text: string;
}

/** What the server, initdb or the file system say when they cannot go on; the first sign found explains. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    sign: /No space left on device|ENOSPC|EDQUOT|Disk quota exceeded/i,
    text: "the disk is full; free some space",
  },
  {
    sign: /look up effective user ID/,
    text: "this process's user has no entry in /etc/passwd, which initdb needs; run as a named user or set DATABASE_URL",
  },
  {
    sign: /lock file "[^"]+" already exists|lock file "[^"]+" is empty/,
    text: "another server uses this directory; stop it, or choose another DPG_DATA_DIR",
  },
  {
    sign: /shared memory block .* is still in use/,
    text: "processes of a server that was killed still use this directory; end them and start again",
  },
  {
    sign: /could not (create|map|open) .*shared memory|could not create semaphores|out of memory/i,
    text: "the system gives the server too little memory (see kernel.shmmax, /dev/shm, memory limits)",
  },
  {
    sign: /incompatible with server|initialized by PostgreSQL version/,
    text: "the data directory belongs to another version of Postgres; use that version, or delete the directory",
  },
  {
    sign: /Permission denied|Operation not permitted|EACCES|EPERM|EROFS|Read-only file system|wrong ownership|invalid permissions/i,
    text: "permission denied; the directory has to belong to, and be writable by, the user that runs this process",
  },
  {
    sign: /ENOTDIR|EEXIST|Not a directory/,
    text: "a file stands where the data directory, or a folder above it, has to be; move it or choose another DPG_DATA_DIR",
  },
  {
    sign: /EBUSY|EXDEV/,
    text: "the data directory is itself a mount point; set DPG_DATA_DIR to the folder above it",
  },
  {
    sign: /FATAL|PANIC|No such file or directory|ENOENT|not a database cluster|signal/,
    text: "the data directory is damaged; restore it from a backup, or delete it to begin with an empty database",
  },
];

/**
 * The error for an embedded server that did not start.
 *
 * @param evidence what the failing step said: an error's message or the tail of the server's log
 */
export function explainStartFailure(directory: string, evidence: string): ClientError {
  const found = EXPLANATIONS.find(({ sign }) => sign.test(evidence));
  const reason = found?.text ?? "for a reason it did not give";
  return new ClientError(
    "POSTGRES_START_FAILED",
    `The embedded Postgres in ${directory} could not start: ${reason}.${quote(evidence)}`,
  );
}

/** Wraps any failure of a step in the error above; errors that are already explained pass. */
export function asStartFailure(directory: string, error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  return explainStartFailure(directory, error instanceof Error ? error.message : String(error));
}

/** The last telling lines of a log, indented. */
function quote(evidence: string): string {
  const lines = evidence.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.filter((line) => /FATAL|PANIC|ERROR|error|HINT|DETAIL/.test(line));
  return (telling.length > 0 ? telling : lines)
    .slice(-5)
    .map((line) => `\n  ${line.trim()}`)
    .join("");
}
