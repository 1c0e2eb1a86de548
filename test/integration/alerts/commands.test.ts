import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { descriptorOf, publishProduct } from "../../testkit/publish-product.ts";
import { run } from "../../testkit/run-command.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";

describe("dpg alerts and dpg lineage", () => {
  let health: TestDataHealth;
  let env: Record<string, string>;
  beforeAll(async () => {
    health = await startDataHealth();
    env = { DPG_REGISTRY_URL: health.url, DPG_TOKEN: await health.tokenOf("order") };
    const quality = [{ name: "rows-there", rule: "rowCount", on: "Order", min: 1 }];
    await publishProduct(health.mesh, descriptorOf("order.orders", { quality }));
    const at = new Date().toISOString();
    const results = [{ product: "order.orders", rule: "rows-there", at, outcome: "FAILED" }];
    await health.send("POST", "/registry/v1/quality", env.DPG_TOKEN ?? "", { results });
    while ((await health.rows("SELECT FROM alert")).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
  });
  afterAll(() => health.stop());

  /** The sources, as they are: what is built may be older. */
  const dpg = (...args: readonly string[]) =>
    run(process.execPath, ["--import", "tsx", "gateway/commands/main.ts", ...args], env);

  test("list, acknowledge, silence: as a person would", async () => {
    const listed = await dpg("alerts", "list");
    expect(listed.stdout).toContain("order.orders: the check rows-there fails.");
    const [{ id }] = (await health.rows<{ id: string }>("SELECT id FROM alert")) as [{ id: string }];
    expect((await dpg("alerts", "ack", id)).stdout).toBe(`You look after alert ${id}.\n`);
    expect(await dpg("alerts", "ack", id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ALERT_NOT_FOUND"),
    });
    expect(
      (await dpg("alerts", "silence", "--product", "order.orders", "--for", "2h", "--reason", "moving")).code,
    ).toBe(0);
    const { data } = JSON.parse((await dpg("alerts", "list", "--format", "json")).stdout);
    expect(data.alerts[0]).toMatchObject({
      isSilenced: true,
      acknowledgedBy: expect.stringMatching(/^order\//),
    });
  });

  test("webhooks come and go; the secret is printed once", async () => {
    const added = await dpg("alerts", "webhook", "add", "--url", "http://127.0.0.1:1/x", "--type", "slack");
    const [id = "", secret = ""] = added.stdout.trim().split("\n");
    expect(secret).toMatch(/^dpgw_/);
    const listed = await dpg("alerts", "webhook", "list");
    expect(listed.stdout).toContain("http://127.0.0.1:1/x");
    expect(listed.stdout).not.toContain(secret);
    expect((await dpg("alerts", "webhook", "remove", id)).code).toBe(0);
    expect((await dpg("alerts", "webhook", "remove", id)).code).toBe(1);
  });

  test("the mesh's lineage, an event a line", async () => {
    const { stdout } = await dpg("lineage", "export", "--authority", "data.example.com");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ schemaURL }) => schemaURL.split("/").at(-1))).toEqual(["DatasetEvent", "JobEvent"]);
  });

  test("rules for Prometheus name metrics that are there", async () => {
    const { groups } = parse((await dpg("alerts", "rules")).stdout);
    const { body } = await health.send("GET", "/registry/v1/quality/metrics", env.DPG_TOKEN ?? "");
    for (const { expr } of groups[0].rules) expect(body).toContain(`# TYPE ${/^\w+/.exec(expr)?.[0]} gauge`);
    expect(body).toContain('dpg_quality_checks{product="order.orders",outcome="failed"} 1');
  });
});
