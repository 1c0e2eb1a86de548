import type { Implied } from "./define-directive.ts";
import type { MaskSettings } from "./mask-settings.ts";

/**
 * What happens to a kind of personal data where its field says nothing itself: the mask for each category of
 * `@classification` (governance.md §3). Callers with the scope `pii`, or `pii:` and the category in
 * lower case, see the value. A field of level PUBLIC, or one with a mask or a guard of its own, is left alone.
 */
const TAG_DEFAULTS: Readonly<Record<string, MaskSettings>> = {
  EMAIL: { strategy: "EMAIL" },
  PHONE: { strategy: "LAST_N", n: 4 },
  BIRTH_DATE: { strategy: "YEAR" },
  NATIONAL_ID: { strategy: "HASH" },
  PASSPORT: { strategy: "HASH" },
  TAX_ID: { strategy: "HASH" },
  IBAN: { strategy: "LAST_N", n: 4 },
  CARD_NUMBER: { strategy: "LAST_N", n: 4 },
  IP_ADDRESS: { strategy: "HASH" },
  CREDENTIAL: { strategy: "REDACT" },
};

/** The mask that a category stands for, or null where the table has none. */
export function tagDefault(category: string): Implied | null {
  const settings = Object.hasOwn(TAG_DEFAULTS, category) ? TAG_DEFAULTS[category] : undefined;
  if (!settings) return null;
  const unlessScopes = ["pii", `pii:${category.toLowerCase()}`];
  return { directive: "mask", args: { ...settings, unlessScopes, unlessPolicies: [], unlessPurposes: [] } };
}
