import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClientError } from "../../shared/errors.ts";

/** The Ed25519 key of that file name in the data directory; made there where it is missing. */
export function openDevelopmentKey(dataDirectory: string, name: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(join(dataDirectory, name), "utf8"));
  } catch {
    const { privateKey } = generateKeyPairSync("ed25519");
    writeSecret(dataDirectory, name, pemOf(privateKey));
    return privateKey;
  }
}

/** A private key as text. */
export function pemOf(key: KeyObject): string {
  return String(key.export({ format: "pem", type: "pkcs8" }));
}

/**
 * Writes a file that its owner alone may read; beside it first and renamed, so that it is always whole.
 *
 * @throws ClientError DATA_DIRECTORY_UNUSABLE
 */
export function writeSecret(dataDirectory: string, name: string, text: string): void {
  try {
    mkdirSync(dataDirectory, { recursive: true });
    const draft = join(dataDirectory, `${name}.${process.pid}`);
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, join(dataDirectory, name));
  } catch {
    throw new ClientError("DATA_DIRECTORY_UNUSABLE", `${join(dataDirectory, name)} cannot be written.`);
  }
}
