import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Config } from "../../gateway/config.ts";
import { RedisProcess } from "../testkit/redis-process.ts";
import { ServeProcess } from "../testkit/serve-process.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const shop = { sdl: "type Query { me: String }", resolvers: { Query: { me: () => "m" } } };

let issuer: TokenIssuer;
let redis: RedisProcess;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  redis = await RedisProcess.start();
});
const meshes: SmallMesh[] = [];
afterEach(async () => {
  await Promise.all(meshes.splice(0).map((mesh) => mesh.stop()));
});
afterAll(async () => {
  await redis.kill();
  await issuer.stop();
});

async function start(more: Partial<Config["rateLimits"]> = {}): Promise<SmallMesh> {
  const mesh = await startSmallMesh({
    subgraphs: { shop },
    issuers: [issuer],
    config: (config) => ({
      ...config,
      rateLimits: {
        ...config.rateLimits,
        store: "redis",
        databaseUrl: redis.url(),
        windowSeconds: 3600,
        identity: { requests: 3, cost: null },
        ...more,
      },
    }),
  });
  meshes.push(mesh);
  return mesh;
}

/** The statuses of requests of one subject, one after the other. */
async function statuses(sub: string, ...asked: readonly SmallMesh[]): Promise<readonly number[]> {
  const found: number[] = [];
  for (const mesh of asked) found.push((await mesh.ask("{ me }", { token: issuer.token({ sub }) })).status);
  return found;
}

const told = (mesh: SmallMesh, what: string) => mesh.logged.filter((line) => line.includes(what));

test("86: gateways share one budget; without Redis each counts for itself, or refuses; then they share again", async () => {
  const [one, two, strict] = await Promise.all([start(), start(), start({ whenDown: "refuse" })]);
  expect(await statuses("ada", one, two, one, two, strict)).toEqual([200, 200, 200, 429, 429]);

  await redis.kill();
  expect(await statuses("bob", one, one, one, one, two)).toEqual([200, 200, 200, 429, 200]);
  const refused = await strict.ask("{ me }", { token: issuer.token({ sub: "bob" }) });
  expect([refused.status, refused.errors[0]?.extensions.code]).toEqual([503, "RATE_LIMITS_UNAVAILABLE"]);
  expect(refused.headers.get("retry-after")).toBe("1");

  await redis.startAgain();
  for (const mesh of [one, two, strict])
    await expect.poll(() => told(mesh, "is back").length, { timeout: 30_000 }).toBe(1);
  expect(await statuses("cleo", one, strict, two, one, strict)).toEqual([200, 200, 200, 429, 429]);
  for (const mesh of [one, two, strict]) {
    expect(told(mesh, "cannot be reached")).toHaveLength(1);
    expect(told(mesh, redis.password)).toEqual([]);
  }
});

test("86: a budget of cost is shared as well", async () => {
  const cost = { identity: { requests: null, cost: 3 } };
  const [one, two] = await Promise.all([start(cost), start(cost)]);
  expect(await statuses("cost", one, two, one, two)).toEqual([200, 200, 200, 429]);
});

test("86: a Redis that hangs holds nobody up: it counts as down until it answers", async () => {
  const [local, strict] = await Promise.all([start(), start({ whenDown: "refuse" })]);
  redis.signal("SIGSTOP");
  try {
    expect(await statuses("dan", local, strict)).toEqual([200, 503]);
    const since = performance.now();
    for (let n = 0; n < 8; n += 1) expect((await statuses("dan", strict))[0]).toBe(503);
    // Waiting for it each time would take half a second for each.
    expect(performance.now() - since).toBeLessThan(3000);
  } finally {
    redis.signal("SIGCONT");
  }
  await expect.poll(async () => (await statuses("eve", strict))[0], { timeout: 30_000 }).toBe(200);
});

test("86: a gateway starts without its Redis, or with a wrong password, and names neither password nor address", async () => {
  const wrong = await start({ whenDown: "refuse", databaseUrl: redis.url("not-the-password") });
  const answer = await wrong.ask("{ me }", { token: issuer.token({ sub: "fay" }) });
  expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([503, "RATE_LIMITS_UNAVAILABLE"]);
  expect(answer.text).not.toMatch(/127\.0\.0\.1|redis|password/i);
  expect(told(wrong, "cannot be reached")[0]).toContain('"reason":"WRONGPASS"');

  await redis.kill();
  const early = await start({ whenDown: "refuse" });
  expect(await statuses("gil", early)).toEqual([503]);
  await redis.startAgain();
  await expect.poll(async () => (await statuses("gil", early))[0], { timeout: 30_000 }).toBe(200);
  for (const mesh of [wrong, early])
    expect(
      mesh.logged.filter((line) => /not-the-password/.test(line) || line.includes(redis.password)),
    ).toEqual([]);
});

test("a command that cannot start ends, and its connection to Redis does not keep it", async () => {
  const served = ServeProcess.launch({
    supergraphSdl: "type Query { broken",
    config: { rateLimits: { store: "redis", identity: { requests: 1 } } },
    env: { DPG_RATE_LIMITS_DATABASE_URL: redis.url() },
  });
  expect(await served.ended).toBe(1);
  expect(served.errors).toMatch(/SUPERGRAPH_INVALID/);
});

test.each([null, "postgres://u:hidden-word@h/d", "hidden-word"])(
  "the address %s is refused, and not quoted",
  async (databaseUrl) => {
    const failure = await start({ databaseUrl }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.not.stringContaining("hidden-word"),
    });
  },
);
