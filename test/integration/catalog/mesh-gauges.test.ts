import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { measureMesh } from "../../../gateway/catalog/mesh-gauges.ts";
import { domainChange, startCatalog, type TestCatalog } from "../../testkit/start-catalog.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

let catalog: TestCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
  await catalog.publish(["customer", "product"].map((name) => domainChange(name)));
  const counts = [usageCountOf({ clientName: "crm" }), usageCountOf({ clientName: "shop" })];
  await catalog.tested.registry.usage.record(usageBatchOf([{ coordinates: ["Customer.name"], counts }]));
}, 60_000);
afterAll(() => catalog.stop());

test("the success of the mesh is in the metrics, read when somebody asks", async () => {
  const metrics = new Registry();
  measureMesh(metrics, catalog.tested.registry.store.pool);
  const text = await metrics.metrics();
  expect(text).toContain(`dpg_mesh_products{domain="customer"} 1`);
  expect(text).toContain(`dpg_mesh_product_consumers{product="customer.customers"} 2`);
  expect(text).toContain(`dpg_mesh_product_consumers{product="product.catalog"} 0`);
  expect(text).toContain(`dpg_mesh_fields_share{what="described"} 1`);
  // Nobody but the products' owners is named for most of them, which the figure says.
  expect(text).toContain(`dpg_mesh_fields_share{what="owned"} 1`);
  expect(text).toMatch(
    /^# HELP dpg_mesh_fields_share .*owned \(themselves, or by their type's or product's owner\)/m,
  );
  expect(text).toContain(`dpg_mesh_registry_answers{act="publish",outcome="passed"} 1`);
  expect(text).toMatch(/^dpg_mesh_seconds_to_served \d/m);
});
