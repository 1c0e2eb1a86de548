import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const GATEWAY = fileURLToPath(new URL("../../gateway/", import.meta.url));
const PAGE = readFileSync(join(GATEWAY, "README.md"), "utf8");
const named = [...PAGE.matchAll(/`([\w./-]+(?:\/|\.ts))`/g)].map(([, path = ""]) => path);

test("every file and folder that the gateway's page names is there", () => {
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(join(GATEWAY, path)))).toEqual([]);
});

test("every folder of the gateway is on it", () => {
  const folders = readdirSync(GATEWAY, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => `${name}/`).filter((folder) => !named.includes(folder))).toEqual([]);
});
