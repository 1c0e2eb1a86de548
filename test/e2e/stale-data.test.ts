import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signAlert } from "../../gateway/catalog/alerts/alert-sender.ts";
import { type AlertReceiver, type ReceivedAlert, startAlertReceiver } from "../testkit/alert-receiver.ts";
import { airflowRun } from "../testkit/pipeline-events.ts";
import { dpg, ROOT } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

const FOLDER = join(ROOT, "subgraphs/customer");
const RUN = {
  dag: "load_customers",
  task: "copy_contacts",
  source: { namespace: "postgres://crm:5432", name: "crm.public.contacts" },
  // The table that the schema names with @lineage.
  output: { namespace: "snowflake://demo-warehouse", name: "SHOP.MARTS.CUSTOMERS" },
};

let mesh: Mesh;
let receiver: AlertReceiver;
let token: string;
const workspace = mkdtempSync(join(tmpdir(), "dpg-stale-"));
beforeAll(async () => {
  // Without the demo's own pipelines.
  mesh = await Mesh.start({ env: { DEMO: "off", REGISTRY_MEASURE_SECONDS: "0.5" } });
  receiver = await startAlertReceiver();
  token = await mesh.token("--deploy", "customer");
});
afterAll(async () => {
  await receiver.stop();
  await mesh.remove();
  rmSync(workspace, { recursive: true, force: true });
});

async function send(path: string, body: object): Promise<unknown> {
  const response = await fetch(mesh.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
  return response.json();
}

/** The DAG runs: each of its events a request of its own, as Airflow's HTTP transport sends them. */
async function runDag(): Promise<void> {
  for (const event of airflowRun(RUN)) await send("/api/v1/lineage", event);
}

/** What the catalog says of the promised freshness. */
async function state(): Promise<string | undefined> {
  const { data } = await mesh.query(
    `{ dataProduct(id: "customer.customers") { serviceLevels { kind status { state } } } }`,
  );
  const { dataProduct } = data as {
    dataProduct: { serviceLevels: { kind: string; status: { state: string } | null }[] };
  };
  return dataProduct.serviceLevels.find(({ kind }) => kind === "FRESHNESS")?.status?.state;
}

/** Alerts of the promise that is looked at: on a busy machine others may be broken as well. */
const isAbout = (event: string) => (alert: ReceivedAlert) =>
  alert.body.event === event && alert.body.alert.kind === "FRESHNESS";

const becomes = (wanted: string) => expect.poll(state, { timeout: 60_000, interval: 200 }).toBe(wanted);

test("a DAG makes a product fresh; when it no longer runs the promise is broken and a signed alert arrives, and ends when it runs again", async () => {
  const product = join(workspace, "product.yaml");
  const text = readFileSync(join(FOLDER, "product.yaml"), "utf8");
  writeFileSync(product, text.replace(/freshness: \w+/, "freshness: PT10S"));
  const published = await dpg(
    [
      ...["subgraph", "publish", "--name", "customer", "--schema", join(FOLDER, "schema.graphql")],
      ...["--product", product, "--routing-url", `http://127.0.0.1:${mesh.port + 101}/graphql`],
    ],
    { DPG_DATA_DIR: mesh.dataDirectory, DPG_TOKEN: token },
  );
  expect(published).toMatchObject({ code: 0 });
  const { data: hook } = (await send("/registry/v1/alerts/webhooks", { url: receiver.url })) as {
    data: { secret: string };
  };
  await becomes("UNKNOWN");

  await runDag();
  await becomes("MET");
  expect(receiver.received.filter(isAbout("opened"))).toEqual([]);

  // Nobody runs the DAG.
  const alert = await receiver.next(isAbout("opened"));
  expect(alert.body.alert).toMatchObject({
    product: "customer.customers",
    kind: "FRESHNESS",
    severity: "critical",
    summary: expect.stringMatching(
      /^customer\.customers: the promised freshness is not kept\. .* 10 are promised/,
    ),
  });
  const [, seconds = "", signature] =
    /^t=(\d+),v1=(\w+)$/.exec(String(alert.headers["x-dpg-signature"])) ?? [];
  expect(signature).toBe(signAlert(hook.secret, Number(seconds), alert.text));
  await becomes("BREACHED");

  await runDag();
  const over = await receiver.next(isAbout("resolved"));
  expect(over.body.alert.id).toBe(alert.body.alert.id);
  // However many rounds saw it: each was told once.
  for (const event of ["opened", "resolved"])
    expect(receiver.received.filter(isAbout(event))).toHaveLength(1);
});
