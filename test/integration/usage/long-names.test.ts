import { afterAll, beforeAll, expect, test } from "vitest";
import { type UsageBatch, usageBatch } from "../../../shared/usage-batch.ts";
import { linked } from "../../testkit/compose-schemas.ts";
import { noise } from "../../testkit/long-texts.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";

const NAME = noise(3000);
const product = (id: string) => `@dataProduct(id: "${id}", domain: "d", version: "1.0.0", status: ACTIVE)`;
const SDL = linked(`type Query { long: Long short: Short ${NAME}: Int }
type Long ${product(`d.${NAME}`)} { a: Int }
type Short ${product("d.short")} { a: Int }`);

let mesh: SmallMesh;
const batches: UsageBatch[] = [];
beforeAll(async () => {
  const resolvers = { Query: { long: () => ({ a: 1 }), short: () => ({ a: 1 }), [NAME]: () => 1 } };
  mesh = await startSmallMesh({
    subgraphs: { d: { sdl: SDL, resolvers } },
    config: (usual) => ({ ...usual, usage: { record: true, intervalMs: 100 } }),
    usage: async (batch) => {
      batches.push(batch);
    },
  });
});
afterAll(() => mesh.stop());

test("one domain's long names do not make the registry refuse what is told of the others", async () => {
  for (const text of ["{ long { a } }", `{ ${NAME} }`, "{ short { a } }"])
    expect((await mesh.ask(text)).errors).toEqual([]);
  const products = () => batches.flatMap((batch) => batch.products.map((item) => item.product));
  await expect.poll(products, { timeout: 10_000 }).toContain("d.short");
  expect(new Set(products())).toEqual(new Set(["d.short"]));
  for (const batch of batches) expect(usageBatch.safeParse(batch).error).toBeUndefined();
});
