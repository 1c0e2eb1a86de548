import { afterAll, beforeAll, expect, test } from "vitest";
import { signAlert } from "../../../gateway/catalog/alerts/alert-sender.ts";
import { type AlertReceiver, startAlertReceiver } from "../../testkit/alert-receiver.ts";
import { airflowRun } from "../../testkit/pipeline-events.ts";
import { descriptorOf, publishProduct } from "../../testkit/publish-product.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";

const RAW = { namespace: "postgres://erp:5432", name: "erp.public.raw_orders" };
const TABLE = { namespace: "snowflake://acme", name: "SHOP.PUBLIC.ORDERS", rows: 20_000 };

let health: TestDataHealth;
let receiver: AlertReceiver;
beforeAll(async () => {
  health = await startDataHealth();
  receiver = await startAlertReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await health.stop();
});

async function freshness(wanted: string) {
  for (;;) {
    const [row] = await health.rows<{ state: string; value: number }>(
      "SELECT state, value FROM service_level_status WHERE kind = 'FRESHNESS'",
    );
    if (row?.state === wanted) return row;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function runDag(token: string) {
  for (const event of airflowRun({ dag: "load_orders", task: "copy_into", source: RAW, output: TABLE }))
    expect((await health.send("POST", "/api/v1/lineage", token, event)).status).toBe(201);
}

test("a DAG of Airflow keeps a product fresh; when it stops, the promise is broken and an alert arrives, and again when it is kept", async () => {
  const token = await health.tokenOf("order");
  const made = await health.send("POST", "/registry/v1/alerts/webhooks", token, { url: receiver.url });
  const product = descriptorOf("order.orders", {
    serviceLevels: { freshness: "PT3S" },
    inputPorts: [{ dataset: `${TABLE.namespace}/${TABLE.name}`, description: "The orders of the shop." }],
  });
  await publishProduct(health.mesh, product);
  await freshness("UNKNOWN");

  await runDag(token);
  const fresh = await freshness("MET");
  expect(fresh.value).toBeLessThan(3);

  // Nobody runs the DAG.
  const alert = await receiver.next(({ body }) => body.event === "opened");
  expect(alert.body.alert).toMatchObject({
    product: "order.orders",
    kind: "FRESHNESS",
    severity: "critical",
    summary: expect.stringMatching(/^order\.orders: the promised freshness is not kept\. The data is of 2/),
  });
  const [, seconds = "", signature] =
    /^t=(\d+),v1=(\w+)$/.exec(String(alert.headers["x-dpg-signature"])) ?? [];
  expect(signature).toBe(signAlert(made.body.data.secret, Number(seconds), alert.text));
  expect((await freshness("BREACHED")).value).toBeGreaterThan(3);

  await runDag(token);
  const over = await receiver.next(({ body }) => body.event === "resolved");
  expect(over.body.alert).toMatchObject({ id: alert.body.alert.id, resolvedAt: expect.any(String) });
  // However many rounds saw it: each event was told once.
  expect(receiver.received.map(({ body }) => body.event)).toEqual(["opened", "resolved"]);
});

test("another domain's pipeline makes nobody's product fresh", async () => {
  await freshness("BREACHED");
  await runDag(await health.tokenOf("shipping"));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await health.rows("SELECT state FROM service_level_status WHERE kind = 'FRESHNESS'")).toEqual([
    { state: "BREACHED" },
  ]);
});
