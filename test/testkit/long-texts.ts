import { createHash } from "node:crypto";

/** Letters that no database makes shorter: an index of Postgres takes long texts where they repeat themselves. */
export function noise(length: number, seed = "seed"): string {
  let text = "";
  for (let round = 0; text.length < length; round += 1)
    text += createHash("sha512")
      .update(`${seed} ${round}`)
      .digest("base64url")
      .replace(/[^a-zA-Z]/g, "")
      .toLowerCase();
  return text.slice(0, length);
}

/** So many characters of words that are all different. */
export function manyWords(length: number): string {
  return (noise(length).match(/.{1,4}/g) ?? []).join(" ").slice(0, length);
}
