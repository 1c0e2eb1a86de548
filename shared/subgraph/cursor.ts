import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { z } from "zod";
import { ClientError } from "../errors.ts";

/** Where a page stands: the sort key of a row as text, and its id. */
export interface Position {
  readonly key: string;
  readonly id: string;
}

/**
 * Turns positions into opaque cursors and back. A cursor is encrypted and authenticated for one `scope` (a list
 * in one order), so that it shows nothing, cannot be made up, and cannot be moved to another list.
 */
export interface CursorCodec {
  readonly encode: (scope: string, position: Position) => string;
  /** Throws BAD_USER_INPUT for anything that encode did not make for this scope. */
  readonly decode: (scope: string, cursor: string) => Position;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_CURSOR_LENGTH = 2_000;
const positionSchema = z.tuple([z.string(), z.string()]);

/**
 * A codec whose keys come from a secret that all instances of a subgraph share. The nonce is a MAC of the
 * content, as in SIV modes (RFC 5297): the same position gives the same cursor, and no nonce repeats for another.
 */
export function createCursorCodec(secret: string): CursorCodec {
  const cipherKey = deriveKey(secret, "cursor-cipher");
  const nonceKey = deriveKey(secret, "cursor-nonce");

  const encode = (scope: string, { key, id }: Position): string => {
    const content = JSON.stringify([key, id]);
    const nonce = createHmac("sha256", nonceKey)
      .update(`${scope}\n${content}`)
      .digest()
      .subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, cipherKey, nonce).setAAD(Buffer.from(scope));
    const body = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
  };

  const decode = (scope: string, cursor: string): Position => {
    if (cursor.length > MAX_CURSOR_LENGTH) throw refusal();
    const bytes = Buffer.from(cursor, "base64url");
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString("base64url") !== cursor) throw refusal();
    try {
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv(CIPHER, cipherKey, nonce).setAAD(Buffer.from(scope)).setAuthTag(tag);
      const content = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8");
      const [key, id] = positionSchema.parse(JSON.parse(content + decipher.final("utf8")));
      return { key, id };
    } catch {
      throw refusal();
    }
  };

  return { encode, decode };
}

function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "data-product-gateway", purpose, 32));
}

function refusal(): ClientError {
  return new ClientError(
    "BAD_USER_INPUT",
    "after: not a cursor of this list in this order; use one from its edges or pageInfo",
  );
}
