import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const TESTS = fileURLToPath(new URL("..", import.meta.url));
/** The cases of the list that the names of tests refer to: all that is tried against the gateway. */
const CASES = Array.from({ length: 122 }, (_, index) => index + 1);
/** A name that begins with numbers: `"48, 49: …"`, `"hardening 45: …"`, or `"89 resets …"` in a list of faults or attacks. */
const NAME = /["'`](?:hardening )?((?:\d{1,3}(?:, | and | to )?)+):? [^\s"'`]/g;

function numbersIn(source: string): readonly number[] {
  return [...source.matchAll(NAME)].flatMap(([, numbers = ""]) => (numbers.match(/\d+/g) ?? []).map(Number));
}

test("numbers are read from the names of tests, and from nothing else", () => {
  expect(numbersIn('test("48, 49 and 51: many callers", () => {'), "a list").toEqual([48, 49, 51]);
  expect(numbersIn('it("hardening 45: refuses"); const x = { "89 resets": 1 }'), "other forms").toEqual([
    45, 89,
  ]);
  expect(numbersIn("const a = 35; // 36: no name\nexpect(37)"), "no names").toEqual([]);
});

test("every case that is tried against the gateway has a test with its number in its name", () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: "utf8" });
  const named = files
    .filter((file) => file.endsWith(".ts") && !file.startsWith("architecture"))
    .flatMap((file) => numbersIn(readFileSync(join(TESTS, file), "utf8")));
  const covered = new Set(named);
  expect(CASES.filter((number) => !covered.has(number))).toEqual([]);
});
