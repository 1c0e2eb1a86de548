import { createHash, createHmac } from "node:crypto";
import type { Mask } from "./define-directive.ts";
import { MASK_STRATEGIES, type MaskSettings } from "./mask-settings.ts";

/** The mask that hides a value completely. */
export const NULLIFY: Mask = Object.freeze({ key: "NULLIFY", rank: 0, apply: () => null });

/**
 * The mask of a setting. A value that the strategy cannot transform (a number under EMAIL, a text under
 * ROUND) becomes null: a mask never lets a value through because it did not expect it.
 *
 * @param hmacKey key of HMAC; without one HMAC hides the value
 */
export function createMask(settings: MaskSettings, hmacKey: string | null): Mask {
  const { strategy, n = 0, to = 1, size = 1, replacement = "[redacted]" } = settings;
  const mask = (apply: Mask["apply"], parameter?: string | number): Mask => ({
    key: parameter === undefined ? strategy : `${strategy}:${parameter}`,
    rank: MASK_STRATEGIES.indexOf(strategy),
    apply,
    ...(strategy === "DEFAULT" ? { emptiesLists: true } : {}),
  });
  switch (strategy) {
    case "NULLIFY":
      return NULLIFY;
    case "DEFAULT":
      return mask(defaultValue);
    case "REDACT":
      return mask(() => replacement, replacement);
    case "HASH":
      return mask(onText(sha256));
    case "HMAC":
      return hmacKey === null ? NULLIFY : mask(onText((text) => hmac(text, hmacKey)));
    case "BUCKET":
      return mask(
        onNumber((value) => Math.floor(value / size) * size),
        size,
      );
    case "ROUND":
      return mask(
        onNumber((value) => Math.round(value / to) * to),
        to,
      );
    case "YEAR":
      return mask(onText(startOfYear));
    case "FIRST_N":
      return mask(
        onText((text) => keep(text, n, firstN(n))),
        n,
      );
    case "LAST_N":
      return mask(
        onText((text) => keep(text, n, lastN(n))),
        n,
      );
    case "EMAIL":
      return mask(onText(maskEmail));
  }
}

/** The mask with the lowest rank; two different masks of one rank hide the value (governance.md §3). */
export function strictestMask(masks: readonly Mask[]): Mask {
  const rank = Math.min(...masks.map((mask) => mask.rank));
  const byKey = new Map(masks.filter((mask) => mask.rank === rank).map((mask) => [mask.key, mask]));
  const [only] = byKey.values();
  return byKey.size === 1 && only ? only : NULLIFY;
}

function onText(transform: (text: string) => string | null): (value: unknown) => unknown {
  return (value) => (typeof value === "string" ? transform(value) : null);
}

function onNumber(transform: (value: number) => number): (value: unknown) => unknown {
  return (value) => (typeof value === "number" && Number.isFinite(value) ? transform(value) : null);
}

function defaultValue(value: unknown): unknown {
  if (typeof value === "number") return 0;
  if (typeof value === "boolean") return false;
  if (typeof value !== "string") return null;
  return ISO_DATE.test(value) ? "1970-01-01" : "";
}

/** Strings no longer than the kept part become their hash: keeping all of it would hide nothing. */
function keep(text: string, n: number, part: (text: string) => string): string {
  return n < 1 || [...text].length <= n ? sha256(text) : part(text);
}

function firstN(n: number): (text: string) => string {
  return (text) => [...text].map((character, index) => (index < n ? character : "*")).join("");
}

function lastN(n: number): (text: string) => string {
  return (text) =>
    [...text].map((character, index, all) => (index < all.length - n ? "*" : character)).join("");
}

function maskEmail(text: string): string {
  const match = EMAIL.exec(text);
  return match ? `***@${match[1]}` : sha256(text);
}

function startOfYear(text: string): string | null {
  const match = ISO_DATE.exec(text);
  if (!match) return null;
  return text.includes("T") ? `${match[1]}-01-01T00:00:00Z` : `${match[1]}-01-01`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function hmac(text: string, key: string): string {
  return createHmac("sha256", key).update(text, "utf8").digest("hex");
}

const ISO_DATE = /^(\d{4})-\d{2}-\d{2}/;
const EMAIL = /^[^\s@]+@([^\s@]+\.[^\s@]+)$/;
