import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { dpg, run } from "../testkit/run-command.ts";
import { scratchDirectory } from "../testkit/scratch-directory.ts";

const NOWHERE = { DPG_REGISTRY_URL: "http://127.0.0.1:1", DPG_TOKEN: "dpgd_x" };
const ON_REGISTRY = [
  "subgraph check",
  "subgraph publish",
  "subgraph fetch",
  "subgraph list",
  "subgraph delete",
  "supergraph fetch",
  "supergraph history",
  "supergraph rollback",
  "registry key",
  "registry token create",
  "registry token list",
  "registry token revoke",
];
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "subgraph check": ["--name", "a", "--schema", "package.json"],
  "subgraph publish": ["--name", "a", "--schema", "package.json"],
  "subgraph fetch": ["--name", "a"],
  "subgraph delete": ["--name", "a"],
  "supergraph rollback": ["--generation", "1"],
  "registry token create": ["--domain", "a"],
  "registry token revoke": ["--id", "a"],
};

describe("the command line", () => {
  test.each(ON_REGISTRY)(
    "%s speaks JSON to scripts, also of what fails, and nothing else",
    async (command) => {
      const args = [...command.split(" "), ...(NEEDED[command] ?? []), "--format", "json"];
      const { code, stdout, stderr } = await dpg(args, NOWHERE);
      expect([code, stderr]).toEqual([1, ""]);
      expect(JSON.parse(stdout)).toMatchObject({
        json_version: "1",
        error: { code: "REGISTRY_UNAVAILABLE" },
      });
    },
  );

  test.each([
    ...ON_REGISTRY,
    "subgraph new",
    "subgraph serve",
    "supergraph compose",
    "dev",
    "serve",
    "token",
    "error",
  ])("%s --help has an example that begins with it", async (command) => {
    const { code, stdout } = await dpg([...command.split(" "), "--help"]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`Examples:\\n[\\s\\S]*dpg ${command} `)),
    ]);
  });

  describe("completion", () => {
    let folder: string;
    beforeAll(async () => {
      folder = await scratchDirectory(() => undefined);
    });

    test.each([
      ["bash", ["-n"]],
      ["zsh", null],
      ["fish", null],
    ] as const)("prints a script for %s", async (shell, check) => {
      const { code, stdout } = await dpg(["completion", shell]);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`${shell} completion for dpg`)]);
      if (check === null) return;
      const file = join(folder, `dpg.${shell}`);
      writeFileSync(file, stdout);
      expect(await run(shell, [...check, file])).toMatchObject({ code: 0, stderr: "" });
    });

    test("knows commands, options and the words that an option takes", async () => {
      const complete = async (...words: readonly string[]) =>
        (await dpg(["complete", "--", ...words])).stdout;
      expect(await complete("sub")).toContain("subgraph\t");
      expect(await complete("subgraph", "")).toMatch(/^publish\t[\s\S]*^delete\t/m);
      expect(await complete("subgraph", "check", "--ro")).toContain("--routing-url\t");
      expect(await complete("subgraph", "check", "--format", "")).toMatch(/^json/m);
    });
  });
});
