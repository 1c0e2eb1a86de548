import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClientError } from "../../shared/errors.ts";

/**
 * The Ed25519 key of that file name in the data directory; made there where there is no such file. One that is there is
 * never replaced: others trust what it signs.
 *
 * @throws ClientError DATA_DIRECTORY_UNUSABLE where the file cannot be read or holds no such key
 */
export function openDevelopmentKey(dataDirectory: string, name: string): KeyObject {
  const pem = readSecret(dataDirectory, name);
  if (pem !== null) return readPem(pem) ?? refuseDamaged(dataDirectory, name);
  const { privateKey } = generateKeyPairSync("ed25519");
  writeSecret(dataDirectory, name, pemOf(privateKey));
  return privateKey;
}

/** A private key as text. */
export function pemOf(key: KeyObject): string {
  return String(key.export({ format: "pem", type: "pkcs8" }));
}

/**
 * The text of a file in the data directory; null where there is no such file.
 *
 * @throws ClientError DATA_DIRECTORY_UNUSABLE where it is there and cannot be read
 */
export function readSecret(dataDirectory: string, name: string): string | null {
  const file = join(dataDirectory, name);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : "unknown reason";
    if (reason === "ENOENT") return null;
    throw new ClientError("DATA_DIRECTORY_UNUSABLE", `${file} cannot be read: ${reason}.`);
  }
}

/** @throws ClientError DATA_DIRECTORY_UNUSABLE that says what to do about a file that holds no private key */
export function refuseDamaged(dataDirectory: string, name: string): never {
  throw new ClientError(
    "DATA_DIRECTORY_UNUSABLE",
    `${join(dataDirectory, name)} holds no Ed25519 private key without a passphrase. Restore it from a backup; or move it away to get a new key, which whoever trusts the old one has to be told.`,
  );
}

/**
 * Writes a file that its owner alone may read; beside it first and renamed, so that it is always whole.
 *
 * @throws ClientError DATA_DIRECTORY_UNUSABLE
 */
export function writeSecret(dataDirectory: string, name: string, text: string): void {
  const draft = join(dataDirectory, `${name}.${process.pid}`);
  try {
    mkdirSync(dataDirectory, { recursive: true });
    // One that a killed process left: its mode would stay.
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode: 0o600, flag: "wx", flush: true });
    renameSync(draft, join(dataDirectory, name));
  } catch {
    throw new ClientError("DATA_DIRECTORY_UNUSABLE", `${join(dataDirectory, name)} cannot be written.`);
  }
}

function readPem(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === "ed25519" ? key : null;
  } catch {
    return null;
  }
}
