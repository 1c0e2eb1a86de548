import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type Config, readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { createLog } from "../../shared/log.ts";
import { type Fault, FaultySubgraph } from "../testkit/faulty-subgraph.ts";
import { composeOurs } from "../testkit/small-mesh.ts";

const FEDERATION = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';
const USERS = `${FEDERATION}type Query { user: User } type User @key(fields: "id") { id: ID! name: String }`;
const STOCK = `${FEDERATION}
type Query { level: Int large: String }
type Mutation { restock(id: Int): Int }
type User @key(fields: "id") { id: ID! basket: Int }`;

type Limits = Partial<Config["subgraphDefaults"]>;

let gateway: Gateway;
let stock: FaultySubgraph;
let users: FaultySubgraph;

async function start(limits: Limits, change: (config: Config) => Config = (config) => config): Promise<void> {
  users = await FaultySubgraph.start("users", {
    sdl: USERS,
    resolvers: { Query: { user: () => ({ id: "1", name: "Ada" }) } },
  });
  stock = await FaultySubgraph.start("stock", {
    sdl: STOCK,
    resolvers: {
      Query: { level: () => 7, large: () => "x".repeat(5000) },
      Mutation: { restock: () => 8 },
      User: { __resolveReference: ({ id }: { id: string }) => ({ id, basket: 3 }) },
    },
  });
  const usual = readConfig(null, {});
  gateway = await startGateway({
    config: change({
      ...usual,
      port: 0,
      subgraphs: { stock: { failurePercent: 100, timeoutMs: 5000, ...limits } },
    }),
    supergraphSdl: composeOurs([users.source, stock.source]),
    log: createLog({ name: "gateway", level: "silent" }),
  });
}

afterEach(async () => {
  await gateway.stop();
  await Promise.all([users.stop(), stock.stop()]);
});

async function ask(query: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
    ...(signal ? { signal } : {}),
  });
  const { data, errors = [] } = JSON.parse(await response.text());
  return { data, codes: errors.map((error: { extensions: { code: string } }) => error.extensions.code) };
}

async function events(event: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const pattern = `^dpg_subgraph_traffic_events_total\\{subgraph="stock",event="${event}"\\} (\\d+)$`;
  return Number(new RegExp(pattern, "m").exec(text)?.[1] ?? 0);
}

const answerWith =
  (status: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  ({ response }) =>
    void response.writeHead(status, headers).end();
const healthy: Fault = ({ response, answer }) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(answer);
const reset: Fault = ({ request }) => void request.socket.destroy();

/** The first calls fail, the others do not. */
function failing(times: number, fault: Fault): Fault {
  let failed = 0;
  return (exchange) => (failed++ < times ? fault : healthy)(exchange);
}

describe("91: retries", () => {
  test.each([
    ["500", answerWith(500)],
    ["502", answerWith(502)],
    ["503", answerWith(503)],
    ["429", answerWith(429)],
    ["a reset", reset],
  ])("a query that met %s is tried again, and answered", async (_name, fault) => {
    await start({ retries: 1 });
    stock.fault = failing(1, fault);
    expect(await ask("{ level }")).toEqual({ data: { level: 7 }, codes: [] });
    expect(stock.calls).toHaveLength(2);
    expect(await events("retried")).toBe(1);
  });

  test.each([
    ["an answer of 503", answerWith(503)],
    ["a reset", reset],
    ["a hang", () => {}],
  ] as const)("91, 112: a mutation is sent once, whatever comes of it: %s", async (_name, fault) => {
    await start({ retries: 5, timeoutMs: 500 });
    stock.fault = fault;
    const { data, codes } = await ask("mutation { restock }");
    expect([data, codes]).toEqual([{ restock: null }, [expect.stringMatching(/^SUBGRAPH_/)]]);
    await pause(300);
    expect(stock.calls).toHaveLength(1);
  });

  test("a refusal of the query itself is not tried again", async () => {
    await start({ retries: 5 });
    stock.fault = answerWith(404);
    expect((await ask("{ level }")).codes).toEqual(["SUBGRAPH_UNAVAILABLE"]);
    expect(stock.calls).toHaveLength(1);
  });

  test("Retry-After is waited for, and where there is no time for it nothing is tried", async () => {
    await start({ retries: 1, timeoutMs: 3000 });
    stock.fault = failing(1, answerWith(503, { "retry-after": "1" }));
    expect((await ask("{ level }")).data).toEqual({ level: 7 });
    const [first, second] = stock.calls.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
    stock.fault = answerWith(503, { "retry-after": "60" });
    expect((await ask("{ level }")).codes).toEqual(["SUBGRAPH_UNAVAILABLE"]);
    expect(stock.calls).toHaveLength(3);
  });

  test("stay a part of the calls: a subgraph that fails altogether gets ten more, not twice as many", async () => {
    await start({ retries: 3 });
    stock.fault = answerWith(503);
    for (let call = 0; call < 40; call += 1) await ask("{ level }");
    process.stdout.write(
      `40 queries to a failing subgraph, 3 retries allowed each: ${stock.calls.length} calls\n`,
    );
    expect(stock.calls.length).toBe(50);
  });

  test("end with the client: who has left is not asked for again", async () => {
    await start({ retries: 1 });
    stock.fault = answerWith(503, { "retry-after": "1" });
    const abort = new AbortController();
    const left = ask("{ level }", {}, abort.signal).catch(() => "left");
    await expect.poll(() => stock.calls.length, { timeout: 10_000 }).toBe(1);
    abort.abort();
    expect(await left).toBe("left");
    await pause(1500);
    expect(stock.calls).toHaveLength(1);
  });
});

test("90: the request's time is shared by its calls, one after the other", async () => {
  await start({ timeoutMs: 5000, retries: 0 }, (config) => ({
    ...config,
    limits: { ...config.limits, requestMs: 1500 },
  }));
  await ask("{ user { name basket } }");
  const slow: Fault = (exchange) => void setTimeout(() => healthy(exchange), 1000);
  users.fault = slow;
  stock.fault = () => {};
  const since = performance.now();
  const { data, codes } = await ask("{ user { name basket } }");
  expect([data, codes]).toEqual([{ user: { name: "Ada", basket: null } }, ["SUBGRAPH_TIMEOUT"]]);
  // Far from 1000 + 5000.
  expect(performance.now() - since).toBeLessThan(4000);
});

test("96: a hung subgraph takes a bounded number of calls, and those of others are answered", async () => {
  await start({ concurrency: 2, queue: 3, timeoutMs: 3000, retries: 0 });
  await ask("{ user { name } level }");
  stock.calls.length = 0;
  stock.fault = () => {};
  const hanging = Array.from({ length: 20 }, () => ask("{ user { name } level }"));
  const answers = await Promise.all(hanging);
  const codes = answers.flatMap((answer) => answer.codes);
  expect(codes.filter((code) => code === "SUBGRAPH_OVERLOADED")).toHaveLength(15);
  expect(codes.filter((code) => code === "SUBGRAPH_TIMEOUT")).toHaveLength(5);
  expect(answers.every(({ data }) => data.user.name === "Ada")).toBe(true);
  expect(stock.calls.length).toBeLessThanOrEqual(5);
  expect(await events("refused as one too many")).toBe(15);
  stock.fault = null;
  expect((await ask("{ level }")).data).toEqual({ level: 7 });
});

describe("97: the circuit", () => {
  const open = async (limits: Limits = {}) => {
    await start({ failurePercent: 50, openMs: 1000, retries: 0, ...limits });
    stock.fault = answerWith(500);
    for (let call = 0; call < 15; call += 1) await ask("{ level }");
  };

  test("opens on errors, lets one call try, and closes when that succeeds", async () => {
    await open();
    expect(stock.calls).toHaveLength(10);
    expect((await ask("{ level user { name } }")).data).toEqual({ level: null, user: { name: "Ada" } });
    expect(stock.calls).toHaveLength(10);
    await pause(1100);
    expect((await ask("{ level }")).codes).toEqual(["SUBGRAPH_UNAVAILABLE"]);
    expect((await ask("{ level }")).codes).toEqual(["SUBGRAPH_UNAVAILABLE"]);
    expect(stock.calls).toHaveLength(11);
    stock.fault = null;
    await pause(1100);
    expect(await ask("{ level }")).toEqual({ data: { level: 7 }, codes: [] });
    expect(await ask("{ level }")).toEqual({ data: { level: 7 }, codes: [] });
    expect([await events("opened"), await events("closed")]).toEqual([1, 1]);
  });

  test("opens on timeouts", async () => {
    await start({ failurePercent: 50, openMs: 60_000, retries: 0, timeoutMs: 300 });
    stock.fault = () => {};
    await Promise.all(Array.from({ length: 12 }, () => ask("{ level }")));
    const before = stock.calls.length;
    expect((await ask("{ level }")).codes).toEqual(["SUBGRAPH_UNAVAILABLE"]);
    expect(stock.calls).toHaveLength(before);
  });

  test("opens on failures in a row, however well the subgraph did before, and what waits for a connection is not sent", async () => {
    await start({ failurePercent: 90, openMs: 60_000, retries: 0, timeoutMs: 1000, concurrency: 20 });
    for (let call = 0; call < 60; call += 1) await ask("{ level }");
    stock.calls.length = 0;
    stock.fault = () => {};
    const hung = Array.from({ length: 20 }, () => ask("{ level }"));
    // These would time out half a second later than those. Fewer than twenty of them get a connection that one of those left.
    await pause(500);
    const waiting = Array.from({ length: 60 }, () => ask("{ level }"));
    for (const { codes } of await Promise.all(hung)) expect(codes).toEqual(["SUBGRAPH_TIMEOUT"]);
    const codes = (await Promise.all(waiting)).flatMap((answer) => answer.codes);
    expect(codes.filter((code) => code === "SUBGRAPH_UNAVAILABLE").length).toBeGreaterThan(40);
    expect(stock.calls.length).toBeLessThan(40);
    expect((await ask("{ user { name } }")).data).toEqual({ user: { name: "Ada" } });
    expect(await events("opened")).toBe(1);
  });

  test("112: while it is half-open, a mutation is sent at most once, like everything else", async () => {
    await open({ openMs: 300, timeoutMs: 800 });
    stock.calls.length = 0;
    await pause(400);
    stock.fault = () => {};
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, id) => ask(`mutation { restock(id: ${id}) }`)),
    );
    expect(answers.every(({ data, codes }) => data.restock === null && codes.length === 1)).toBe(true);
    expect(stock.calls).toHaveLength(1);
  });

  test("is not opened by clients that leave, by refusals, or by answers that are too large", async () => {
    await start({ failurePercent: 50, openMs: 60_000, retries: 0, maxResponseBytes: 1000 });
    stock.fault = () => {};
    for (let left = 0; left < 15; left += 1) {
      const abort = new AbortController();
      const asking = ask("{ level }", {}, abort.signal).catch(() => {});
      await expect.poll(() => stock.calls.length, { timeout: 10_000, interval: 5 }).toBe(left + 1);
      abort.abort();
      await asking;
    }
    await expect.poll(() => stock.abandoned, { timeout: 10_000 }).toBe(15);
    stock.fault = answerWith(404);
    for (let call = 0; call < 15; call += 1) await ask("{ level }");
    stock.fault = null;
    for (let call = 0; call < 15; call += 1)
      expect((await ask("{ large }")).codes).toEqual(["SUBGRAPH_RESPONSE_TOO_LARGE"]);
    expect(await ask("{ level }")).toEqual({ data: { level: 7 }, codes: [] });
    expect(await events("opened")).toBe(0);
  });
});

test("113: a mutation in a persisted query is sent to its subgraph once", async () => {
  await start({ retries: 3 });
  const query = "mutation { restock }";
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(query))).toString("hex");
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
  const send = (body: object) =>
    fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).then((response) => response.json());
  expect(await send({ extensions })).toMatchObject({
    errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
  });
  expect(stock.calls).toHaveLength(0);
  expect(await send({ query, extensions })).toEqual({ data: { restock: 8 } });
  expect(stock.calls).toHaveLength(1);
  expect(await send({ extensions })).toEqual({ data: { restock: 8 } });
  expect(stock.calls).toHaveLength(2);
});

test("114: mutations of one operation are sent one after the other, also where one fails", async () => {
  await start({ retries: 0 });
  let running = 0;
  let most = 0;
  stock.fault = (exchange) => {
    running += 1;
    most = Math.max(most, running);
    const fault = stock.calls.length === 2 ? answerWith(500) : healthy;
    setTimeout(() => {
      running -= 1;
      fault(exchange);
    }, 50);
  };
  const { data } = await ask("mutation { a: restock(id: 1) b: restock(id: 2) c: restock(id: 3) }");
  expect(most).toBe(1);
  // What one subgraph may do in order is one call.
  const sent = stock.calls
    .flatMap(({ query, variables }) => `${query}${JSON.stringify(variables)}`)
    .join("\n");
  expect([...sent.matchAll(/restock/g)]).toHaveLength(3);
  expect(Object.keys(data)).toEqual(["a", "b", "c"]);
});
