/** Names that usually stand for personal data → the category they stand for; words of a name in camel case. */
const SENSITIVE: readonly (readonly [RegExp, string])[] = [
  [/\be ?mail\b/, "EMAIL"],
  [/\b(tele)?phone\b|\bmobile( number)?\b|\bfax\b|\bmsisdn\b/, "PHONE"],
  [/\bbirth\b|\bbirth ?(date|day)\b|\bdate of birth\b|\bdob\b/, "BIRTH_DATE"],
  [/\bssn\b|\bsocial security\b|\bnational id\b/, "NATIONAL_ID"],
  [/\bpassport\b/, "PASSPORT"],
  [/\btax (id|number)\b|\bvat id\b/, "TAX_ID"],
  [/\biban\b|\bbank account\b|\baccount number\b/, "IBAN"],
  [/\b(credit )?card number\b|\bpan\b/, "CARD_NUMBER"],
  [/\bip address\b/, "IP_ADDRESS"],
  [/\bpassword\b|\bsecret\b|\bapi key\b|\baccess token\b/, "CREDENTIAL"],
  [/\bsalary\b|\bincome\b|\bwage\b/, "FINANCE"],
  [/\b(first|last|full|given|family|sur) ?name\b/, "NAME"],
];

/** The category of personal data that a field's name suggests, or null. */
export function sensitiveName(name: string): string | null {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return SENSITIVE.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}
