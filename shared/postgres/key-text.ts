import { createHash } from "node:crypto";

/**
 * A text as it can stand in an index of Postgres, of up to three such texts: what is longer than every name that is published
 * now is cut, and ends with a part of its SHA-256, so that two that begin alike stay two.
 */
export function keyText(text: string): string {
  if (Buffer.byteLength(text) <= LONGEST) return text;
  const digest = createHash("sha256").update(text, "utf8").digest("hex").slice(0, DIGEST_LENGTH);
  return `${text.slice(0, SHOWN).replace(HALF_A_PAIR, "")}…${digest}`;
}

/** Bytes: of two hundred characters, as many as there may be. A row of a B-tree has up to 2,704 bytes. */
const LONGEST = 800;
/** Of three bytes each at most, where they are none of a pair. */
const SHOWN = 200;
const DIGEST_LENGTH = 16;
const HALF_A_PAIR = /[\ud800-\udbff]$/;
