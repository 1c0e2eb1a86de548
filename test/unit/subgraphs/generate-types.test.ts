import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generateTypes, subgraphDirectories } from "../../../subgraphs/generate-types.ts";

const directories = subgraphDirectories().map(
  (directory) => [directory.pathname.split("/").at(-2), directory] as const,
);

it("covers the domains and the template", () => {
  expect(directories.map(([name]) => name)).toEqual(
    expect.arrayContaining(["customer", "order", "product", "template"]),
  );
});

it.each(directories)(
  "the resolver types of %s are those of its SDL (else: npm run codegen)",
  async (_name, directory) => {
    const committed = readFileSync(new URL("resolver-types.ts", directory), "utf8");
    expect(committed).toBe(await generateTypes(directory));
  },
);
