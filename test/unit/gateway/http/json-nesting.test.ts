import { expect, test } from "vitest";
import { MAX_JSON_NESTING, nestsTooDeep } from "../../../../gateway/http/json-nesting.ts";

const nested = (levels: number) => `${'{"a":['.repeat(levels / 2)}1${"]}".repeat(levels / 2)}`;

test.each([
  ["as deep as is allowed", nested(MAX_JSON_NESTING), false],
  ["two levels deeper", nested(MAX_JSON_NESTING + 2), true],
  ["never closed", "[".repeat(MAX_JSON_NESTING + 1), true],
  ["brackets side by side", `[${"[],".repeat(1000)}{}]`, false],
  ["brackets in a string", `{"a":"${"[{".repeat(1000)}"}`, false],
  ["brackets in a string with escaped quotes", `{"a":"\\"${"[{".repeat(1000)}\\\\"}`, false],
  [
    "brackets after a string that ends in a backslash",
    `{"a":"\\\\","b":${"[".repeat(MAX_JSON_NESTING + 1)}}`,
    true,
  ],
  ["no JSON", "]".repeat(1000), false],
])("JSON is too deep by its brackets outside of strings: %s", (_what, text, expected) => {
  expect(nestsTooDeep(text)).toBe(expected);
});
