import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Config } from "../../gateway/config.ts";
import { DatabaseRelay } from "../testkit/database-relay.ts";
import { startLimitedShop } from "../testkit/limited-shop.ts";
import { query as runSql } from "../testkit/query.ts";
import type { SmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const UNLIMITED = { requests: null, cost: null };

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

describe("86: requests per identity", () => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await startLimitedShop(issuer, { identity: { requests: 4, cost: null } });
  });
  afterAll(() => mesh.stop());

  test("beyond the budget are refused with 429 and Retry-After, in both lanes, and others are not", async () => {
    const ada = issuer.token({ sub: "ada" });
    const answers = [];
    for (let n = 0; n < 6; n += 1) answers.push(await mesh.ask("{ me { id } }", { token: ada }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 429]);
    const refused = answers[4];
    expect(refused?.errors[0]?.extensions).toMatchObject({
      code: "RATE_LIMITED",
      limit: "identity.requests",
      maximum: 4,
    });
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(3000);
    expect((await mesh.ask("{ unknown }", { token: ada })).status).toBe(429);
    expect((await mesh.ask("{ me { id } }", { token: issuer.token({ sub: "bob" }) })).status).toBe(200);
  });

  test("another token of the same subject does not help, and what is not valid counts as well", async () => {
    for (let n = 0; n < 4; n += 1) await mesh.ask("{ wrong }", { token: issuer.token({ sub: "eve" }) });
    const { status } = await mesh.ask("{ me { id } }", { token: issuer.token({ sub: "eve", scope: "a" }) });
    expect(status).toBe(429);
  });

  test("callers without a token are counted by their address", async () => {
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await mesh.ask("{ me { id } }")).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });
});

test("86: a budget of cost is spent by what operations cost, as their variables say", async () => {
  const mesh = await startLimitedShop(issuer, { identity: { requests: null, cost: 100 } });
  const ask = (n: number) =>
    mesh.ask("query($n: Int) { list(first: $n) { id } }", { variables: { n }, token: issuer.token({}) });
  expect((await ask(60)).status).toBe(200);
  const refused = await ask(60);
  expect([refused.status, refused.errors[0]?.extensions.limit]).toEqual([429, "identity.cost"]);
  expect(mesh.calls).toHaveLength(1);
  await mesh.stop();
});

describe("86: a store that gateways share", () => {
  const name = `rates_${randomBytes(5).toString("hex")}`;
  let relay: DatabaseRelay;
  let databaseUrl: string;
  beforeAll(async () => {
    const adminUrl = inject("postgresAdminUrl");
    await runSql(adminUrl, `CREATE DATABASE ${name}`);
    const started = await DatabaseRelay.start(adminUrl);
    relay = started.relay;
    const url = new URL(started.url);
    url.pathname = `/${name}`;
    databaseUrl = url.href;
  });
  afterAll(async () => {
    await relay.stop();
    await runSql(inject("postgresAdminUrl"), `DROP DATABASE ${name} WITH (FORCE)`);
  });
  const shared = (more: Partial<Config["rateLimits"]>) =>
    startLimitedShop(issuer, {
      store: "postgres",
      databaseUrl,
      identity: { requests: 3, cost: null },
      client: UNLIMITED,
      ...more,
    });

  test("counts what each of them answered; while it is down each counts for itself, or refuses", async () => {
    const [one, two, strict] = await Promise.all([shared({}), shared({}), shared({ whenDown: "refuse" })]);
    const asker = (sub: string) => (mesh: SmallMesh) =>
      mesh.ask("{ me { id } }", { token: issuer.token({ sub }) });
    // The first connections may take longer than a request waits for them.
    let early = 0;
    for (const mesh of [one, one, two, two, strict])
      await expect.poll(async () => (await asker(`early-${early++}`)(mesh)).status).toBe(200);
    const statuses: number[] = [];
    for (const mesh of [one, two, one, two, strict]) statuses.push((await asker("ada")(mesh)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);

    relay.refuse();
    const local: number[] = [];
    for (const mesh of [one, one, one, one, two]) local.push((await asker("bob")(mesh)).status);
    expect(local).toEqual([200, 200, 200, 429, 200]);
    const refused = await asker("bob")(strict);
    expect([refused.status, refused.errors[0]?.extensions.code]).toEqual([503, "RATE_LIMITS_UNAVAILABLE"]);

    relay.restore();
    expect((await asker("cleo")(strict)).status).toBe(200);
    await Promise.all([one, two, strict].map((mesh) => mesh.stop()));
  });
});

test("86: a shared store without an address is refused at the start", async () => {
  await expect(
    startLimitedShop(issuer, { store: "postgres", identity: { requests: 1, cost: null } }),
  ).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});
