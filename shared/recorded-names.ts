/** Characters of what an application calls itself. */
const MAX_NAME = 100;
/** Digits of a name that nobody vouches for: with more it may be somebody's number, or the number of one installation. */
const MAX_DIGITS = 8;
const MAX_VERSION = 50;
const ADDRESS = /@|%40|[([]at[)\]]/i;

/**
 * The name under which an application's use is kept; null where it has to go with the others, because it may be
 * somebody's address or number rather than an application's name.
 *
 * @param isVerified whether a token's issuer says so; issuers number applications
 */
export function applicationName(name: string, isVerified: boolean): string | null {
  if (ADDRESS.test(name)) return null;
  if (isVerified) return name;
  return name.length <= MAX_NAME && digitsOf(name) <= MAX_DIGITS ? name : null;
}

/** The version under which it is kept: numbers, names and hashes of builds; empty where it may be anything else. */
export function applicationVersion(version: string): string {
  const isOne = version.length <= MAX_VERSION && /^[\w.+-]*$/.test(version) && !/^\+?\d{9,}$/.test(version);
  return isOne ? version : "";
}

const MAX_OPERATION = 100;
const MAX_OPERATION_DIGITS = 3;
/** With what addresses end, and where they are kept. */
const HOSTS = new Set(
  "com org net edu gov www http https gmail googlemail hotmail outlook yahoo icloud de uk fr nl ch es pl se dk jp cn br ru au".split(
    " ",
  ),
);

/** True for a name that programmers give an operation; false where it looks like somebody's address or number. */
export function isOperationName(name: string): boolean {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return (
    /^\w*$/.test(name) &&
    name.length <= MAX_OPERATION &&
    digitsOf(name) <= MAX_OPERATION_DIGITS &&
    !words.some((word) => HOSTS.has(word.toLowerCase()))
  );
}

function digitsOf(text: string): number {
  return text.replace(/\D/g, "").length;
}
