import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const page = /<!-- security:begin -->([\s\S]*?)<!-- security:end -->/.exec(README)?.[1] ?? "";
const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| promise"));
const testsIn = (text: string) =>
  [...text.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, file = ""]) => file);

test("the security page names a test for each promise", () => {
  expect(rows.length).toBeGreaterThanOrEqual(12);
  expect(rows.filter((row) => testsIn(row).length === 0)).toEqual([]);
});

test("every test that it names is there", () => {
  expect(testsIn(page).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
