import { afterEach, expect, test } from "vitest";
import type { Config } from "../../../gateway/config.ts";
import { type ObservedMesh, startObservedMesh } from "./observed-mesh.ts";

let mesh: ObservedMesh;
afterEach(() => mesh.stop());

const QUERY = "query Staff($name: String) { staff { name email } one(name: $name) }";

/** The access lines so far. */
function lines(): readonly Record<string, unknown>[] {
  return mesh.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
}

const withAccess =
  (access: Partial<Config["log"]["access"]>, hotLane = true) =>
  (config: Config) => ({
    ...config,
    hotLane,
    log: { ...config.log, access: { ...config.log.access, ...access } },
  });

test.each([
  { lanes: "both lanes", hotLane: true, expected: ["apollo", "hot"] },
  { lanes: "the Apollo lane", hotLane: false, expected: ["apollo", "apollo"] },
])("a request has one line, with its id, over $lanes", async ({ hotLane, expected }) => {
  mesh = await startObservedMesh(withAccess({}, hotLane));
  const headers = { "apollographql-client-name": "shop", "apollographql-client-version": "2" };
  const ids = [];
  for (const _ of ["first", "known"])
    ids.push((await mesh.ask(QUERY, { headers, variables: { name: "Grace" } })).headers.get("x-request-id"));
  await expect.poll(() => lines().length).toBe(2);
  expect(lines()).toMatchObject(
    ids.map((requestId, index) => ({
      ...{ level: 30, requestId, lane: expected[index], operation: "Staff", kind: "query" },
      ...{ client: "shop", clientVersion: "2", status: 200, errors: [], ms: expect.any(Number) },
    })),
  );
});

test.each([
  ["text that is none", "{ staff {", {}, 400, ["GRAPHQL_PARSE_FAILED"]],
  ["a field that is not there", "{ nobody }", {}, 400, ["GRAPHQL_VALIDATION_FAILED"]],
  ["a token that is none", "{ failing }", { token: "a.b.c" }, 401, ["UNAUTHENTICATED"]],
  ["a refused field", "{ staff { salary } }", {}, 200, ["UNAUTHENTICATED"]],
  ["a fault of a subgraph", "{ failing }", {}, 200, ["SUBGRAPH_ERROR"]],
])("its line tells the codes of %s", async (_name, query, options, status, errors) => {
  mesh = await startObservedMesh();
  await mesh.ask(query, options);
  await mesh.ask(query, options);
  await expect.poll(() => lines().length).toBe(2);
  expect(lines()).toMatchObject([
    { status, errors },
    { status, errors },
  ]);
});

test("117: no line of the log holds a token, a variable, a value, or what steers a terminal", async () => {
  mesh = await startObservedMesh();
  const token = mesh.issuer.token({ azp: "app\u001b[31m\nforged\u009b1m", regions: ["EMEA"], scope: "pii" });
  const headers = { cookie: "session=CANARY", "x-api-key": "CANARY" };
  const variables = { name: "CANARY" };
  for (const _ of [1, 2]) await mesh.ask(QUERY, { token, headers, variables });
  await mesh.ask('query Literal { one(name: "CANARY") }', { headers });
  await mesh.ask('mutation { rename(name: "CANARY") { nobody } }', { headers });
  await mesh.ask("query ($name: Int!) { one(name: $name) }", { headers, variables });
  await expect.poll(() => lines().length).toBe(5);
  const text = mesh.logged.join("");
  expect(text).not.toMatch(/CANARY|ada@example\.com/);
  expect(text).not.toContain(token);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\u2028]/u);
  expect(
    text
      .split("\n")
      .filter((line) => line !== "")
      .every((line) => JSON.parse(line)),
  ).toBe(true);
  expect(lines()[0]?.client).toBe("app\\u{1b}[31m\\u{a}forged\\u{9b}1m");
});

test("under load the ordinary are sampled, and the lines say how many were left out", async () => {
  mesh = await startObservedMesh(withAccess({ ordinaryPerSecond: 2, failedPerSecond: 1000 }));
  await Promise.all(Array.from({ length: 40 }, () => mesh.ask("{ staff { name } }")));
  for (let n = 0; n < 5; n += 1) await mesh.ask("{ nobody }");
  const failed = () => lines().filter(({ status }) => status === 400);
  await expect.poll(() => failed().length).toBe(5);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await mesh.ask("{ staff { name } }");
  await expect.poll(() => lines().at(-1)?.status).toBe(200);
  const ordinary = lines().filter(({ status }) => status === 200);
  const skipped = ordinary.reduce((sum, line) => sum + Number(line.skipped ?? 0), 0);
  expect(ordinary.length + skipped).toBe(41);
  expect(skipped).toBeGreaterThan(0);
});

test("it can be switched off, or be for debugging", async () => {
  mesh = await startObservedMesh(withAccess({ level: "off" }));
  await mesh.ask("{ failing }");
  await mesh.stop();
  expect(lines()).toEqual([]);
  mesh = await startObservedMesh(withAccess({ level: "debug" }));
  await mesh.ask("{ staff { name } }");
  await expect.poll(() => lines().map(({ level }) => level)).toEqual([20]);
});
