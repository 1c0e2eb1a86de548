import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AlertReceiver, startAlertReceiver } from "../../testkit/alert-receiver.ts";
import { descriptorOf, publishProduct } from "../../testkit/publish-product.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";

const ROWS_THERE = { name: "rows-there", rule: "rowCount", on: "Order", min: 1 };
/** What dbt tests in the warehouse. */
const KEYS_THERE = {
  name: "keys-there",
  rule: "pipeline",
  on: "Order.id",
  dataset: "postgres://dwh:5432/dwh.marts.orders",
  assertion: "not_null",
  column: "id",
};
const TOTAL_THERE = { name: "total-there", rule: "notNull", on: "Order.total", severity: "warning" };

describe("alerts", () => {
  let health: TestDataHealth;
  let token: string;
  const receivers: AlertReceiver[] = [];
  beforeAll(async () => {
    health = await startDataHealth();
    token = await health.tokenOf("order");
    const quality = [ROWS_THERE, TOTAL_THERE, KEYS_THERE];
    await publishProduct(health.mesh, descriptorOf("order.orders", { quality }));
  });
  afterEach(async () => {
    await report("rows-there", "PASSED");
    await report("total-there", "PASSED");
    await openAlerts(0);
    await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
    for (const table of ["alert", "alert_webhook", "alert_silence"])
      await health.rows(`DELETE FROM ${table}`);
  });
  afterAll(() => health.stop());

  const alerts = (path = "", as = token) => health.send("GET", `/registry/v1/alerts${path}`, as);
  const post = (path: string, body?: object, as = token) =>
    health.send("POST", `/registry/v1/alerts${path}`, as, body);

  let second = 0;
  async function report(rule: string, outcome: string, product = "order.orders", as = token) {
    second += 1;
    const at = new Date(Date.now() - 3600_000 + second * 1000).toISOString();
    const results = [{ product, rule, at, outcome, value: 3, checked: 100, message: "3 of 100 <rows>" }];
    return health.send("POST", "/registry/v1/quality", as, { results });
  }
  async function openAlerts(count: number) {
    for (;;) {
      const { body } = await alerts();
      if (body.data.length === count) return body.data;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  async function hook(format: string, answer?: Parameters<typeof startAlertReceiver>[0]) {
    const receiver = await startAlertReceiver(answer);
    receivers.push(receiver);
    expect((await post("/webhooks", { url: receiver.url, format })).status).toBe(200);
    return receiver;
  }

  test("a check that fails opens one alert, however often it fails, and it ends when the check passes", async () => {
    const receiver = await hook("json");
    await report("rows-there", "FAILED");
    const [alert] = await openAlerts(1);
    expect(alert).toMatchObject({
      product: "order.orders",
      kind: "QUALITY",
      rule: "rows-there",
      severity: "critical",
      summary: "order.orders: the check rows-there fails. 3 of 100 <rows>",
      acknowledgedBy: null,
    });
    await report("rows-there", "FAILED");
    await report("rows-there", "ERRORED");
    await report("rows-there", "PASSED");
    await receiver.next(({ body }) => body.event === "resolved");
    expect(receiver.received.map(({ body }) => [body.event, body.alert.id])).toEqual([
      ["opened", alert.id],
      ["resolved", alert.id],
    ]);
    expect((await alerts("?all=true")).body.data).toHaveLength(1);
  });

  test("what a pipeline asserts is the result of the rule that names it, and opens and ends its alert; of its own domain only", async () => {
    const start = Date.now() - 1800_000;
    const tell = async (success: boolean, domain = "order", column = "id", isLater = true) => {
      const dataset = {
        namespace: "postgres://dwh:5432",
        name: "dwh.marts.orders",
        facets: {
          dataQualityAssertions: { assertions: [{ assertion: "not_null", success, column }] },
        },
      };
      second += isLater ? 1 : 0;
      const eventTime = new Date(start + second * 1000).toISOString();
      const event = { eventTime, producer: "https://x.example", dataset };
      const answer = await health.send("POST", "/api/v1/lineage", await health.tokenOf(domain), event);
      expect(answer.status).toBe(201);
    };
    await tell(false);
    const [alert] = await openAlerts(1);
    expect(alert).toMatchObject({
      rule: "keys-there",
      severity: "critical",
      summary: "order.orders: the check keys-there fails. Reported by a pipeline.",
    });
    // Neither another domain's word nor another column makes it good.
    await tell(true, "shipping");
    await tell(true, "order", "total");
    await tell(true);
    await openAlerts(0);
    expect(
      await health.rows("SELECT rule, outcome FROM quality_result WHERE rule = 'keys-there' ORDER BY at"),
    ).toEqual([
      { rule: "keys-there", outcome: "FAILED" },
      { rule: "keys-there", outcome: "PASSED" },
    ]);
    expect(await health.rows("SELECT count(*)::int AS told FROM lineage_assertion")).toEqual([{ told: 4 }]);
    // What it said of that moment was wrong.
    await tell(false, "order", "id", false);
    await openAlerts(1);
    await tell(true);
    await openAlerts(0);
  });

  test("what a receiver does not take is sent again until it does, with the same number", async () => {
    const receiver = await hook("json", (index) => ({ status: index < 2 ? 503 : 204 }));
    await report("rows-there", "FAILED");
    await receiver.next(() => receiver.received.length >= 3);
    const numbers = receiver.received.map(({ headers }) => headers["x-dpg-delivery"]);
    expect(new Set(numbers).size).toBe(1);
    const rows = () =>
      health.rows("SELECT attempts, delivered_at IS NOT NULL AS done, failure FROM alert_delivery");
    for (let row = (await rows())[0]; row && !("done" in row && row.done); ) row = (await rows())[0];
    expect(await rows()).toEqual([{ attempts: 3, done: true, failure: null }]);
  });

  test("Slack gets a message, in which what a check says is text", async () => {
    const receiver = await hook("slack");
    await report("total-there", "FAILED");
    const { body } = await receiver.next(() => true);
    expect(body.text).toBe("Warning: order.orders: the check total-there fails. 3 of 100 &lt;rows&gt;");
    expect(body.blocks).toHaveLength(2);
  });

  test("a silenced product tells nobody, until the silence ends", async () => {
    const receiver = await hook("json");
    expect(
      (await post("/silences", { product: "order.orders", seconds: 3600, reason: "moving" })).status,
    ).toBe(200);
    await report("rows-there", "FAILED");
    const [alert] = await openAlerts(1);
    expect(alert.isSilenced).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(receiver.received).toEqual([]);
    await health.rows("UPDATE alert_silence SET until = now()");
    expect((await receiver.next(() => true)).body.event).toBe("opened");
  });

  test("somebody says that they look after it, once, and that is recorded", async () => {
    await report("rows-there", "FAILED");
    const [{ id }] = await openAlerts(1);
    expect((await post(`/${id}/acknowledge`)).body.data).toEqual({ acknowledged: true });
    expect((await post(`/${id}/acknowledge`)).body.data).toEqual({ acknowledged: false });
    expect((await openAlerts(1))[0].acknowledgedBy).toMatch(/^order\//);
    const acts = await health.rows(
      "SELECT verb, subject, outcome FROM act WHERE verb LIKE '%alert' ORDER BY id",
    );
    expect(acts).toEqual([
      { verb: "acknowledge alert", subject: id, outcome: "done" },
      { verb: "acknowledge alert", subject: id, outcome: "not open" },
    ]);
  });

  test("another domain sees and handles nothing of it; the governance team does", async () => {
    const stranger = await health.tokenOf("shipping");
    const steward = await health.tokenOf("governance");
    const receiver = await hook("json");
    await report("rows-there", "FAILED");
    const [{ id }] = await openAlerts(1);
    expect((await alerts("?all=true", stranger)).body.data).toEqual([]);
    expect((await alerts("/webhooks", stranger)).body.data).toEqual([]);
    const silence = { product: "order.orders", seconds: 60, reason: "x" };
    for (const [path, body] of [[`/${id}/acknowledge`], ["/silences", silence], ["/99/acknowledge"]] as const)
      expect((await post(path, body, stranger)).body.error.code).toBe("ALERT_NOT_FOUND");
    const [webhook] = (await alerts("/webhooks", steward)).body.data;
    expect(webhook).toMatchObject({ url: receiver.url, domain: "order" });
    expect(JSON.stringify(webhook)).not.toContain("dpgw_");
    const remove = (as: string) => health.send("DELETE", `/registry/v1/alerts/webhooks/${webhook.id}`, as);
    expect((await remove(stranger)).body.data).toEqual({ removed: false });
    expect((await alerts("", steward)).body.data).toHaveLength(1);
    expect((await post(`/${id}/acknowledge`, undefined, steward)).body.data).toEqual({ acknowledged: true });
    expect((await remove(steward)).body.data).toEqual({ removed: true });
    expect(await health.rows("SELECT FROM act WHERE outcome = 'ALERT_NOT_FOUND'")).toHaveLength(3);
  });

  test("a domain reports of its own products only", async () => {
    const answer = await report("rows-there", "FAILED", "order.orders", await health.tokenOf("shipping"));
    expect([answer.status, answer.body.error.code]).toEqual([403, "PRODUCT_NOT_YOURS"]);
    expect((await report("rows-there", "FAILED", "orderly.things")).status).toBe(403);
  });

  test("a check that no longer runs is an alert of its own", async () => {
    const at = new Date(Date.now() - 4 * 3600_000).toISOString();
    await health.rows("DELETE FROM quality_result");
    const results = [{ product: "order.orders", rule: "rows-there", at, outcome: "PASSED" }];
    await health.send("POST", "/registry/v1/quality", token, { results });
    const [alert] = await openAlerts(1);
    expect(alert.summary).toBe(`order.orders: the check rows-there has not run since ${at}.`);
  });

  test.each([
    ["http://169.254.169.254/latest", "no address of a service"],
    ["http://[::ffff:127.0.0.1]/", "wraps an IPv4 address"],
    ["http://2130706433/", "another spelling"],
    ["file:///etc/passwd", "no https: or http: address"],
    ["http://user:secret@example.com/", "credentials"],
  ])("61: a webhook that points inward is refused: %s", async (url, reason) => {
    const answer = await post("/webhooks", { url });
    expect([answer.status, answer.body.error.code]).toEqual([400, "WEBHOOK_REFUSED"]);
    expect(answer.body.error.message).toContain(reason);
  });

  test("61: a redirect is not followed", async () => {
    const inside = await startAlertReceiver();
    receivers.push(inside);
    const receiver = await hook("json", () => ({ status: 302, headers: { location: inside.url } }));
    await report("rows-there", "FAILED");
    await receiver.next(() => receiver.received.length >= 2);
    expect(inside.received).toEqual([]);
  });

  test("a domain has twenty webhooks at most", async () => {
    for (let index = 0; index < 20; index += 1)
      await post("/webhooks", { url: `http://127.0.0.1:1/${index}` });
    expect((await post("/webhooks", { url: "http://127.0.0.1:1/21" })).body.error.code).toBe(
      "WEBHOOK_REFUSED",
    );
  });
});

test("61: in production a webhook is https: and not this machine, also where its name leads there only when it is called", async () => {
  const health = await startDataHealth({ production: true });
  const token = await health.tokenOf("order");
  const send = (url: string) => health.send("POST", "/registry/v1/alerts/webhooks", token, { url });
  for (const url of ["http://example.com/", "https://localhost/", "https://127.0.0.1/"])
    expect((await send(url)).body.error?.code).toBe("WEBHOOK_REFUSED");
  const receiver = await startAlertReceiver();
  // As if it had been added where that was allowed.
  await health.rows(
    `INSERT INTO alert_webhook VALUES ('wh_1', 'order', '${receiver.url}', 'json', 's', 'test'),
       ('wh_2', 'order', 'https://localhost.localdomain:1/', 'json', 's', 'test')`,
  );
  await publishProduct(health.mesh, descriptorOf("order.orders", { quality: [ROWS_THERE] }));
  const results = [
    { product: "order.orders", rule: "rows-there", at: new Date().toISOString(), outcome: "FAILED" },
  ];
  await health.send("POST", "/registry/v1/quality", token, { results });
  const failures = () =>
    health.rows<{ failure: string }>(
      "SELECT failure FROM alert_delivery WHERE failure <> '' ORDER BY webhook",
    );
  while ((await failures()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await failures())[0]?.failure).toContain("the address is refused");
  expect(receiver.received).toEqual([]);
  await receiver.stop();
  await health.stop();
});
