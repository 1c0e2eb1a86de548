import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "../../../shared/log.ts";
import { describePets, petSchema } from "../../testkit/describe-product.ts";
import { publishUnchecked } from "../../testkit/publish-unchecked.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";

const lines: string[] = [];
let health: TestDataHealth;
beforeAll(async () => {
  const destination = { write: (line: string) => lines.push(line) };
  health = await startDataHealth({ log: createLog({ name: "health", level: "warn", destination }) });
}, 60_000);
afterAll(() => health.stop());

test("a product that nests too deep, published before that was looked at, is told of once; all others are measured", async () => {
  const deepened = (content: string) => content.replace('"DEEP"', () => "[".repeat(5000) + "]".repeat(5000));
  const pet = {
    name: "pet",
    sdl: petSchema(),
    product: `${describePets()}standards: { odcs: { a: DEEP } }\n`,
  };
  const other = (name: string, type: string) => ({
    name,
    sdl: petSchema().replaceAll("Pet", type).replaceAll("pet", name),
    product: describePets({
      id: `${name}.all`,
      domain: name,
      outputPorts: [{ type, description: "All." }],
    }),
  });
  const measured = () =>
    health.rows<{ id: string }>("SELECT DISTINCT product AS id FROM service_level_status ORDER BY 1");
  await publishUnchecked(health.mesh, pet, deepened);
  await publishUnchecked(health.mesh, other("toy", "Toy"), deepened);
  await expect.poll(measured, { timeout: 30_000 }).toEqual([{ id: "toy.all" }]);
  await publishUnchecked(health.mesh, other("zoo", "Zoo"), deepened);
  await expect.poll(measured, { timeout: 30_000 }).toEqual([{ id: "toy.all" }, { id: "zoo.all" }]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { subgraph: "pet", msg: "a product cannot be read, and is not measured" },
  ]);
}, 90_000);
