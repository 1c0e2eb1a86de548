import { createPrivateKey, type KeyObject } from "node:crypto";
import { ClientError } from "../shared/errors.ts";

/**
 * An Ed25519 private key from the text of a setting, or of a file; `read` gives the text in PEM, or throws.
 *
 * @throws ClientError CONFIG_INVALID, which names the setting and never quotes its text
 */
export function readPrivateKey(read: () => string, setting: string): KeyObject {
  try {
    const key = createPrivateKey(read());
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Said below, without quoting the key or its place.
  }
  throw new ClientError("CONFIG_INVALID", `${setting} is not an Ed25519 private key in PEM.`);
}
