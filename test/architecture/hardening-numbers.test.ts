import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const TESTS = fileURLToPath(new URL("..", import.meta.url));
/** The cases of the list that the names of tests refer to: all that is tried against the gateway. */
const CASES = Array.from({ length: 122 }, (_, index) => index + 1);
/** The published advisories that the cases come from. */
const ADVISORIES = [
  ...["GHSA-x33c-7c2v-mrj9", "GHSA-mx7m-j9xf-62hw", "GHSA-m8jr-fxqx-8xx6", "GHSA-g8jh-vg5j-4h3f"],
  ...[
    "CVE-2026-32621",
    "CVE-2025-32030",
    "CVE-2025-32031",
    "CVE-2025-32032",
    "CVE-2025-32033",
    "CVE-2025-32034",
  ],
  ...["CVE-2024-43414", "CVE-2024-32971", "CVE-2024-28101", "CVE-2024-43783", "GHSA-hff2-gcpx-8f4p"],
  ...["GHSA-9q82-xgwf-vj6h", "CVE-2026-23897", "CVE-2023-26144", "CVE-2026-75507", "GHSA-8r69-3cvp-wxc3"],
  "GHSA-w42g-7vfc-xf37",
];
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

/** A name that begins with advisories, after the number of its case where it has one. */
const ADVISED = /["'`](?:\d{1,3} )?((?:(?:CVE-\d+-\d+|GHSA(?:-\w{4}){3})(?:, )?)+):? [^\s"'`]/g;

function advisoriesIn(source: string): readonly string[] {
  return [...source.matchAll(ADVISED)].flatMap(([, names = ""]) => names.split(", "));
}

test("advisories are read from the names of tests and attacks, and from nothing else", () => {
  expect(advisoriesIn('test("CVE-2024-1, GHSA-aaaa-bbbb-cccc: one", () => {'), "a list").toHaveLength(2);
  expect(advisoriesIn("name: `78 CVE-2024-28101 a bomb`"), "an attack").toEqual(["CVE-2024-28101"]);
  expect(advisoriesIn('// CVE-2024-1: no name\n"of CVE-2024-2"'), "no names").toEqual([]);
});

function sources(): readonly string[] {
  return readdirSync(TESTS, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("architecture"))
    .map((file) => readFileSync(join(TESTS, file), "utf8"));
}

test("every published advisory has a test with its name that would have caught it", () => {
  const named = new Set(sources().flatMap(advisoriesIn));
  expect(ADVISORIES.filter((advisory) => !named.has(advisory))).toEqual([]);
});

test("every case that is tried against the gateway has a test with its number in its name", () => {
  const covered = new Set(sources().flatMap(numbersIn));
  expect(CASES.filter((number) => !covered.has(number))).toEqual([]);
});
