import { afterAll, beforeAll, expect, test } from "vitest";
import { describePets, petSchema } from "../../testkit/describe-product.ts";
import { noise } from "../../testkit/long-texts.ts";
import { publishUnchecked } from "../../testkit/publish-unchecked.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";

const NAME = noise(3000);
let health: TestDataHealth;
beforeAll(async () => {
  health = await startDataHealth();
}, 60_000);
afterAll(() => health.stop());

test("one product's long id and rule, published before they were looked at, leave the promises of all others measured", async () => {
  const rule = {
    name: NAME,
    rule: "pipeline",
    on: "Pet",
    dataset: "warehouse/pets",
    assertion: "unique",
    every: "PT1H",
  };
  await publishUnchecked(health.mesh, {
    name: "pet",
    sdl: petSchema(),
    product: describePets({ id: `pet.${NAME}`, quality: [rule] }),
  });
  await publishUnchecked(health.mesh, {
    name: "toy",
    sdl: petSchema().replaceAll("Pet", "Toy").replaceAll("pet", "toy"),
    product: describePets({
      id: "toy.toys",
      domain: "toy",
      outputPorts: [{ type: "Toy", description: "A toy." }],
    }),
  });
  const event = {
    eventTime: new Date().toISOString(),
    producer: "https://example.com",
    dataset: {
      namespace: "warehouse",
      name: "pets",
      facets: { dataQualityAssertions: { assertions: [{ assertion: "unique", success: false }] } },
    },
  };
  const sent = await health.send("POST", "/api/v1/lineage", await health.tokenOf("pet"), event);
  expect(sent.status).toBe(201);
  const rowsOf = (statement: string) => health.rows<{ id: string }>(statement);
  await expect
    .poll(() => rowsOf("SELECT DISTINCT product AS id FROM service_level_status ORDER BY 1"), {
      timeout: 30_000,
    })
    .toMatchObject([{ id: expect.stringMatching(/^pet\./) }, { id: "toy.toys" }]);
  await expect
    .poll(() => rowsOf("SELECT product AS id FROM alert WHERE kind = 'QUALITY' AND resolved_at IS NULL"), {
      timeout: 30_000,
    })
    .toMatchObject([{ id: expect.stringMatching(/^pet\..*…[0-9a-f]{16}$/) }]);
}, 90_000);
