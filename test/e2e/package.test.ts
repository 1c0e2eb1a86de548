import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, run } from "../testkit/run-command.ts";

test("a domain team's own repository can import the subgraph kit", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dpg-team-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(ROOT, join(folder, "node_modules/data-product-gateway"));
    writeFileSync(
      join(folder, "main.mjs"),
      `import { serveSubgraph } from "data-product-gateway/subgraph";
       import { keyLoader } from "data-product-gateway/subgraph/loaders";
       import { runSubgraph } from "data-product-gateway/subgraph/run-subgraph";
       console.log(typeof serveSubgraph, typeof keyLoader, typeof runSubgraph);`,
    );
    const { code, stdout, stderr } = await run(process.execPath, [join(folder, "main.mjs")]);
    expect([code, stdout.trim(), stderr]).toEqual([0, "function function function", ""]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
