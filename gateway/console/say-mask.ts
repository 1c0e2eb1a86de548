import type { MaskSettings, MaskStrategy } from "../../shared/mask-settings.ts";

interface Told extends Partial<MaskSettings> {
  readonly unlessScopes?: readonly string[];
  readonly unlessPolicies?: readonly string[];
  readonly unlessPurposes?: readonly string[];
}

const WORDS: Readonly<Record<MaskStrategy, (told: Told) => string>> = {
  NULLIFY: () => "It arrives as null",
  DEFAULT: () => "It arrives empty",
  REDACT: ({ replacement = "[redacted]" }) => `It arrives as ${replacement}`,
  HASH: () => "Its hash arrives, the same for the same value",
  HMAC: () => "A hash that only the gateway can make arrives, the same for the same value",
  BUCKET: ({ size }) => `The lower bound of its range of ${size} arrives`,
  ROUND: ({ to }) => `It arrives rounded to ${to}`,
  YEAR: () => "The first day of its year arrives",
  FIRST_N: ({ n }) => `Only its first ${n} characters arrive`,
  LAST_N: ({ n }) => `Only its last ${n} characters arrive`,
  EMAIL: () => "Only what is after the @ arrives",
};

/**
 * What a mask does, and for whom it does not, in a sentence.
 *
 * @param json arguments of `@mask`, as the catalog tells them; null comes of those that it withholds
 */
export function sayMask(json: string): string | null {
  const told: Told = JSON.parse(json);
  if (told.strategy === undefined) return null;
  const exempt = [
    ...(told.unlessScopes ?? []).map((scope) => `with the scope ${scope}`),
    ...(told.unlessPolicies ?? []).map((policy) => `whom the policy ${policy} allows`),
    ...(told.unlessPurposes ?? []).map((purpose) => `who come for the purpose ${purpose}`),
  ];
  const rest =
    exempt.length === 0 ? ", for everybody." : `; callers ${exempt.join(", or ")} get it as it is.`;
  return WORDS[told.strategy](told) + rest;
}
