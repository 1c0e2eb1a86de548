import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findViolations, importsOf } from "./import-rules.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("the direction of imports", () => {
  test("holds in every source file", () => {
    const files = sourceFiles();
    expect(files.size).toBeGreaterThan(50);
    expect(findViolations(files)).toEqual([]);
  });

  test("sees the imports it judges", () => {
    expect(importsOf("gateway/gateway.ts", sourceFiles().get("gateway/gateway.ts") ?? "")).toContain(
      "gateway/http/server.ts",
    );
  });

  test.each([
    ["shared/log.ts", `import { x } from "../gateway/config.ts";`],
    ["shared/log.ts", `import type { x } from "../subgraphs/order/rows.ts";`],
    ["gateway/request/plan.ts", `import {\n  x,\n  y,\n} from "../http/server.ts";`],
    ["gateway/execution/executor.ts", `import { x } from "../request/plan.ts";`],
    ["gateway/registry/compose.ts", `export { x } from "../request/plan.ts";`],
    ["gateway/http/server.ts", `const x = await import("../commands/start.ts");`],
    ["gateway/commands/start.ts", `import { x } from "../../subgraphs/order/seed.ts";`],
    ["subgraphs/order/loaders.ts", `import { x } from "../customer/loaders.ts";`],
    ["subgraphs/order/loaders.ts", `import { x } from "../../gateway/config.ts";`],
  ])("is alive: a planted violation in %s is found", (file, source) => {
    expect(findViolations(new Map([[file, source]]))).toHaveLength(1);
  });
});

function sourceFiles(): ReadonlyMap<string, string> {
  return new Map(
    ["gateway", "shared", "subgraphs"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => {
          const path = join(entry.parentPath, entry.name);
          return [relative(ROOT, path), readFileSync(path, "utf8")] as const;
        }),
    ),
  );
}
