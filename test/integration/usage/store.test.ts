import { fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { CHECKS_CLIENT } from "../../../shared/usage-batch.ts";
import { query } from "../../testkit/query.ts";
import { startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

describe("recorded usage", () => {
  let mesh: TestRegistry;
  beforeAll(async () => {
    mesh = await startRegistry();
  });
  afterAll(() => mesh.stop());

  const WINDOW = { days: 30, limit: 10 };

  test("adds up per operation and kind of caller, whichever gateway reports", async () => {
    const { usage } = mesh.registry;
    const counts = [usageCountOf({ requests: 3, errors: 1 }), usageCountOf({ scopes: [], purpose: "audit" })];
    await usage.record(usageBatchOf([{ counts }]));
    await mesh.another().usage.record(usageBatchOf([{ counts }, { name: "Other", counts: counts.slice(1) }]));
    const recorded = await usage.operations(WINDOW);
    expect(recorded).toMatchObject([
      {
        operationName: "Pets",
        signature: "query Pets{pet{name}}",
        clientName: "shop",
        clientVersion: "1.0",
        authenticated: true,
        scopes: ["read"],
        purpose: null,
        requests: 6,
        errors: 2,
      },
      { operationName: "Pets", scopes: [], purpose: "audit", requests: 2 },
      { operationName: "Other", requests: 1 },
    ]);
    expect(Date.now() - Date.parse(recorded[0]?.lastSeen ?? "")).toBeLessThan(60_000);
    const [row] = await query(mesh.database.ownerUrl, "SELECT latency FROM usage_count WHERE requests = 6");
    expect(row).toEqual({ latency: [...Array.from({ length: 12 }, () => "0"), "6"] });
    expect(await usage.totals(30)).toMatchObject({ requests: 9, dropped: 0, since: expect.any(String) });
  });

  test("takes the platform's own checks for use, and for no evidence of what applications need", async () => {
    const { usage } = mesh.registry;
    const before = await usage.totals(30);
    const counts = [usageCountOf({ clientName: CHECKS_CLIENT, requests: 4 })];
    await usage.record(usageBatchOf([{ name: "Checks", counts }]));
    expect(await usage.operations(WINDOW)).toContainEqual(
      expect.objectContaining({ operationName: "Checks", requests: 4 }),
    );
    expect(await usage.totals(30)).toEqual(before);
  });

  test("counts a batch that comes twice once", async () => {
    const { usage } = mesh.registry;
    const batch = usageBatchOf([{ name: "Twice", counts: [usageCountOf({ requests: 5 })] }], { dropped: 7 });
    await usage.record(batch);
    await usage.record(batch);
    expect(await usage.operations(WINDOW)).toContainEqual(
      expect.objectContaining({ operationName: "Twice", requests: 5 }),
    );
    expect(await usage.totals(30)).toMatchObject({ dropped: 7 });
  });

  test("finds the operations that use a coordinate, also what a later generation adds to theirs", async () => {
    const { usage } = mesh.registry;
    const counts = [usageCountOf({})];
    await usage.record(usageBatchOf([{ name: "Ages", coordinates: ["Pet.age"], counts }]));
    await usage.record(usageBatchOf([{ name: "Ages", coordinates: ["Pet.years"], counts }]));
    const found = await usage.usesOf({ ...WINDOW, coordinates: ["Pet.years", "Pet.age", "Pet.nothing"] });
    expect(found).toMatchObject([
      { operationName: "Ages", coordinates: ["Pet.age", "Pet.years"], requests: 2 },
    ]);
  });

  test("keeps the hour of a batch that comes late, and forgets what is too old", async () => {
    const { usage } = mesh.registry;
    const hours = 3_600_000;
    await usage.record(
      usageBatchOf([{ name: "Late", counts: [usageCountOf({})] }], { at: Date.now() - 3 * hours }),
    );
    const [late] = await usage
      .operations({ days: 1, limit: 100 })
      .then((all) => all.filter(({ operationName }) => operationName === "Late"));
    expect(Date.now() - Date.parse(late?.lastSeen ?? "")).toBeGreaterThan(2.9 * hours);
    await query(mesh.database.ownerUrl, "UPDATE usage_count SET hour = hour - interval '40 days'");
    expect(await usage.operations(WINDOW)).toEqual([]);
    await usage.retain(30);
    const [left] = await query(
      mesh.database.ownerUrl,
      "SELECT (SELECT count(*) FROM usage_operation)::int AS operations, (SELECT count(*) FROM usage_caller)::int AS callers",
    );
    expect(left).toEqual({ operations: 0, callers: 0 });
  });
});

describe("the route that gateways report to", () => {
  let mesh: TestRegistry;
  let address: string;
  const app = fastify();
  beforeAll(async () => {
    mesh = await startRegistry();
    await app.register((scope) => registryRoutes(scope, mesh.registry), { prefix: "/registry/v1" });
    address = await app.listen({ port: 0, host: "127.0.0.1" });
  });
  afterAll(async () => {
    await app.close();
    await mesh.stop();
  });

  async function send(
    domain: string,
    body: object,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { token } = await mesh.registry.tokens.create(domain, 3600, "test");
    const response = await fetch(`${address}/registry/v1/usage`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }

  test("takes a gateway's batch, and nobody else's: usage keeps others from removing fields", async () => {
    const batch = usageBatchOf([{ counts: [usageCountOf({})] }]);
    expect(await send("pet", batch)).toMatchObject({
      status: 403,
      text: expect.stringContaining("GATEWAYS_ONLY"),
    });
    expect(await mesh.registry.usage.operations({ days: 30, limit: 10 })).toEqual([]);
    expect(await send("gateway", batch)).toMatchObject({ status: 200 });
    expect(await mesh.registry.usage.operations({ days: 30, limit: 10 })).toHaveLength(1);
  });

  test("refuses what is no batch", async () => {
    for (const wrong of [{ id: "1" }, { operations: {} }, { subject: "alice" }, { dropped: -1 }])
      expect(await send("gateway", { ...usageBatchOf([]), ...wrong })).toMatchObject({
        status: 400,
        text: expect.stringContaining("BAD_USER_INPUT"),
      });
  });

  test("a gateway's token publishes nothing", async () => {
    const changes = [
      { name: "gateway", source: { sdl: "type Query { a: Int }", url: "http://127.0.0.1:1/" } },
    ];
    await expect(
      mesh.registry.publish({ actor: { id: "gateway/1", domain: "gateway" }, changes, reason: "" }),
    ).rejects.toMatchObject({ code: "SUBGRAPH_NOT_YOURS" });
  });
});
