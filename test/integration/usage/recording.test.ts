import { fastify } from "fastify";
import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { OperationStore } from "../../../gateway/request/prepare-operation.ts";
import { wholeApi } from "../../../gateway/supergraph/contract.ts";
import { sendUsage } from "../../../gateway/usage/send-usage.ts";
import { UsageRecorder } from "../../../gateway/usage/usage-recorder.ts";
import { ANONYMOUS, type Principal } from "../../../shared/principal.ts";
import type { UsageBatch } from "../../../shared/usage-batch.ts";
import { usageBatch } from "../../../shared/usage-batch.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { startRegistry } from "../../testkit/start-registry.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const PEOPLE = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
type Query { person(id: ID!, note: String): Person }
type Person @key(fields: "id") { id: ID! name: String salary: Int @requiresScopes(scopes: [["pay"]]) }`;
const subgraphs = {
  people: {
    sdl: PEOPLE,
    resolvers: {
      Query: { person: (_: unknown, { id }: { id: string }) => ({ id, name: "Ada", salary: 1 }) },
    },
  },
};

describe("a gateway records", () => {
  let issuer: TokenIssuer;
  let mesh: SmallMesh;
  let batches: UsageBatch[] = [];
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    mesh = await startSmallMesh({
      subgraphs,
      issuers: [issuer],
      config: (usual) => ({ ...usual, usage: { record: true, intervalMs: 100 } }),
      usage: async (batch) => void batches.push(usageBatch.parse(batch)),
    });
  });
  afterAll(async () => {
    await mesh.stop();
    await issuer.stop();
  });

  /** What is reported of the requests sent by `work`. */
  async function recorded(work: () => Promise<void>, requests: number) {
    batches = [];
    await work();
    const counts = () => batches.flatMap(({ operations }) => operations.flatMap((item) => item.counts));
    const deadline = Date.now() + 5000;
    while (counts().reduce((sum, item) => sum + item.requests, 0) < requests) {
      if (Date.now() > deadline) throw new Error(`not reported: ${JSON.stringify(batches)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return batches.flatMap(({ operations }) => operations);
  }

  test("operation, application, scopes, outcome and coordinates, in both lanes", async () => {
    const token = issuer.token({ scope: "pay read", sub: "alice@example.com", purpose: "payroll" });
    const headers = { "apollographql-client-name": "hr", "apollographql-client-version": "2.1" };
    const source = `query Pay($id: ID!) { one: person(id: $id, note: "private text 4711") { ...PersonSalary } } fragment PersonSalary on Person { salary name }`;
    const operations = await recorded(async () => {
      for (let index = 0; index < 3; index += 1)
        expect((await mesh.ask(source, { token, headers, variables: { id: "secret-id" } })).errors).toEqual(
          [],
        );
    }, 3);
    const counts = operations.flatMap((item) => item.counts);
    expect(operations[0]).toMatchObject({
      name: "Pay",
      signature: `fragment PersonSalary on Person{name salary}query Pay($id:ID!){person(id:$id,note:""){...PersonSalary}}`,
      coordinates: expect.arrayContaining(["Query.person(note:)", "Person.salary", "Query"]),
    });
    expect(counts.reduce((sum, item) => sum + item.requests, 0)).toBe(3);
    for (const item of counts)
      expect(item).toMatchObject({
        clientName: "hr",
        clientVersion: "2.1",
        authenticated: true,
        scopes: ["pay", "read"],
        purpose: "payroll",
        errors: 0,
      });
    expect(counts.flatMap((item) => item.latency).reduce((sum, item) => sum + item, 0)).toBe(3);
    const text = JSON.stringify(batches);
    for (const personal of ["alice", "secret-id", "4711", "private", token, issuer.url, "one:"])
      expect(text).not.toContain(personal);
  });

  test("the verified client of a token before what a header claims", async () => {
    const token = issuer.token({ azp: "shop", sub: "s" });
    const headers = { "apollographql-client-name": "somebody else" };
    const operations = await recorded(async () => {
      await mesh.ask(`{ person(id: 1) { name } }`, { token, headers });
    }, 1);
    expect(operations[0]?.counts).toMatchObject([{ clientName: "shop", clientVersion: "" }]);
  });

  test("applications, operations and variables without whoever they are named for", async () => {
    const source = `query maria_example_com($maria: ID!) { person(id: $maria) { name } }`;
    const names = ["maria@example.com", "+49 170 123 45 67", "hr"];
    const operations = await recorded(async () => {
      for (const name of names)
        await mesh.ask(source, {
          headers: { "apollographql-client-name": name, "apollographql-client-version": `${name} 1` },
          variables: { maria: "1" },
        });
    }, 3);
    const kinds = operations.map(({ name, signature }) => `${name} ${signature}`);
    expect([...new Set(kinds)]).toEqual(["x query x($x:ID!){person(id:$x){name}}"]);
    const counts = operations.flatMap((item) => item.counts);
    const told = counts.flatMap(({ clientName, clientVersion, requests }) =>
      Array.from({ length: requests }, () => [clientName, clientVersion]),
    );
    expect(told.sort()).toEqual([
      ["(other)", ""],
      ["(other)", ""],
      ["hr", ""],
    ]);
    expect(JSON.stringify(batches)).not.toMatch(/maria|@|170/);
  });

  test("errors, also of fields that were refused, and anonymous callers apart from others", async () => {
    const source = `{ person(id: 2) { name salary } }`;
    const operations = await recorded(async () => {
      await mesh.ask(source);
      await mesh.ask(source, { token: issuer.token({ scope: "other" }) });
    }, 2);
    expect(operations.flatMap((item) => item.counts)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ authenticated: false, scopes: [], requests: 1, errors: 1 }),
        expect.objectContaining({ authenticated: true, scopes: ["other"], requests: 1, errors: 1 }),
      ]),
    );
  });

  test("what no text column takes is replaced: one caller's token cannot lose everybody's usage", async () => {
    const token = issuer.token({ scope: "a\u0000b \ud800", azp: "x\u0007y", purpose: "p\u0000" });
    const [operation] = await recorded(async () => {
      await mesh.ask(`query Odd { person(id: 3) { id } }`, { token });
    }, 1);
    expect(operation?.counts[0]).toMatchObject({ scopes: ["?", "a?b"], clientName: "x?y", purpose: "p?" });
    const registry = await startRegistry();
    for (const batch of batches) await registry.registry.usage.record(batch);
    expect(await registry.registry.usage.operations({ days: 1, limit: 5 })).toHaveLength(1);
    await registry.stop();
  });
});

test("sends again what the registry did not take, gives up the oldest, and says how much was lost", async () => {
  const taken: UsageBatch[] = [];
  let isDown = true;
  const mesh = await startSmallMesh({
    subgraphs,
    config: (usual) => ({ ...usual, usage: { record: true, intervalMs: 100 } }),
    usage: async (batch) => {
      if (isDown) throw new Error("down");
      taken.push(batch);
    },
  });
  for (let index = 0; index < 10; index += 1) {
    await mesh.ask(`{ person(id: 1) { name } }`);
    await new Promise((resolve) => setTimeout(resolve, 130));
  }
  isDown = false;
  await mesh.stop();
  const requests = (batch: UsageBatch) => batch.operations.flatMap((item) => item.counts).length;
  expect(taken.length).toBeGreaterThanOrEqual(5);
  expect(taken.length).toBeLessThanOrEqual(7);
  expect(taken.reduce((sum, batch) => sum + requests(batch), 0)).toBe(taken.length);
  expect(mesh.logged.filter((line) => line.includes("does not take the recorded usage"))).toHaveLength(1);
});

test("reports over HTTP with a gateway's token; with another domain's it says once what is wrong", async () => {
  const registry = await startRegistry();
  const app = fastify();
  await app.register((scope) => registryRoutes(scope, registry.registry), { prefix: "/registry/v1" });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const report = async (domain: string) => {
    const { token } = await registry.registry.tokens.create(domain, 3600, "test");
    const mesh = await startSmallMesh({
      subgraphs,
      config: (usual) => ({ ...usual, usage: { record: true, intervalMs: 100 } }),
      usage: sendUsage({ url: `${url}/`, token }),
    });
    for (let index = 0; index < 3; index += 1) {
      await mesh.ask(`query Named { person(id: 1) { name } }`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const metrics = await (await fetch(`${mesh.url}/metrics`)).text();
    await mesh.stop();
    return { warnings: mesh.logged.filter((line) => line.includes("GATEWAYS_ONLY")), metrics };
  };
  const recorded = () => registry.registry.usage.operations({ days: 1, limit: 10 });
  const refused = await report("people");
  expect(refused.warnings).toHaveLength(1);
  expect(refused.metrics).toMatch(/^dpg_usage_lost_total [123]$/m);
  expect(await recorded()).toEqual([]);
  expect((await report("gateway")).warnings).toEqual([]);
  expect(await recorded()).toMatchObject([{ operationName: "Named", requests: 3, authenticated: false }]);
  await app.close();
  await registry.stop();
});

test("costs nothing where nobody takes it, and can be turned off", async () => {
  const batches: UsageBatch[] = [];
  const mesh = await startSmallMesh({
    subgraphs,
    config: (usual) => ({ ...usual, usage: { record: false, intervalMs: 100 } }),
    usage: async (batch) => void batches.push(batch),
  });
  await mesh.ask(`{ person(id: 1) { name } }`);
  await mesh.stop();
  expect(batches).toEqual([]);
});

describe("the recorder is bounded", () => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await startSmallMesh({ subgraphs });
  });
  afterAll(() => mesh.stop());

  const caller = {
    principal: ANONYMOUS,
    purpose: null,
    policies: new Map(),
    hmacKey: null,
    today: "2026-01-01",
  };

  function principalOf(scopes: ReadonlySet<string>): Principal {
    const known = { kind: "authenticated", subject: "s", issuer: "i", claims: {}, expiresAt: 0 } as const;
    return { ...known, scopes, purposes: { kind: "none" } };
  }

  function requestOf(source: string, name: string) {
    const { supergraph } = mesh.gateway;
    const contract = wholeApi(supergraph.apiSchema);
    const sent = { supergraph, contract, source, operationName: null };
    const prepared = new OperationStore(1e6).prepare(sent, parse(source));
    const client = { name, version: "", isVerified: false };
    return { prepared, variables: {}, caller, client, requestId: "r", cancellation: null, trace: null };
  }

  test("100,000 invented applications take no more room than a hundred, and hide no request", () => {
    const recorder = new UsageRecorder({ onDescribed: () => undefined });
    const request = requestOf("{ person(id: 1) { name } }", "");
    for (let index = 0; index < 100_000; index += 1)
      recorder.record(
        { ...request, client: { name: `app${index}`, version: "", isVerified: false } },
        false,
        1,
      );
    const batch = recorder.take();
    const counts = batch?.operations[0]?.counts ?? [];
    expect(counts).toHaveLength(101);
    expect(counts.at(-1)).toMatchObject({ clientName: "(other)", authenticated: false, requests: 99_900 });
    expect(batch?.dropped).toBe(0);
    expect(usageBatch.safeParse(batch).success).toBe(true);
  });

  test("callers beyond a hundred kinds are counted with and without a token apart, whatever a client calls itself", () => {
    const recorder = new UsageRecorder({ onDescribed: () => undefined });
    const request = requestOf("{ person(id: 1) { name } }", "");
    const known = { ...caller, principal: principalOf(new Set()) };
    recorder.record({ ...request, client: { name: "(other)", version: "", isVerified: false } }, false, 1);
    for (let index = 0; index < 200; index += 1) {
      const client = { name: `app${index}`, version: "", isVerified: false };
      recorder.record({ ...request, client }, false, 1);
      recorder.record({ ...request, caller: known, client }, true, 1);
    }
    const counts = recorder.take()?.operations[0]?.counts ?? [];
    const others = counts.filter(({ clientName }) => clientName === "(other)");
    expect(others.map(({ authenticated, requests, errors }) => [authenticated, requests, errors])).toEqual([
      [false, expect.any(Number), 0],
      [true, expect.any(Number), expect.any(Number)],
    ]);
    expect(counts.reduce((sum, { requests }) => sum + requests, 0)).toBe(401);
    expect(others[1]?.errors).toBe(others[1]?.requests);
  });

  test.each<
    [string, { source?: string; name?: string; claims?: { purpose?: string; scopes?: Set<string> } }]
  >([
    ["an operation's name", { source: `query ${"N".repeat(1001)} { person(id: 1) { name } }` }],
    [
      "an operation's text",
      { source: `query A($${"v".repeat(500_001)}: ID!) { person(id: $${"v".repeat(500_001)}) { name } }` },
    ],
    ["a scope", { claims: { scopes: new Set(["s".repeat(1001)]) } }],
    ["half a character at the cut of a name", { name: `${"n".repeat(199)}\u{1f600}` }],
    ["half a character at the cut of a purpose", { claims: { purpose: `${"p".repeat(199)}\u{1f600}` } }],
  ])(
    "%s that the registry does not take loses nobody else's usage",
    async (_what, { source, claims, name }) => {
      const recorder = new UsageRecorder({ onDescribed: () => undefined });
      recorder.record(requestOf("query Good { person(id: 1) { name } }", "good"), false, 1);
      const request = requestOf(source ?? "query Odd { person(id: 2) { name } }", name ?? "odd");
      const { purpose = null, scopes = new Set<string>() } = claims ?? {};
      recorder.record(
        { ...request, caller: { ...caller, principal: principalOf(scopes), purpose } },
        false,
        1,
      );
      const batch = usageBatch.parse(recorder.take());
      const { registry, stop } = await startRegistry();
      await registry.usage.record(batch);
      const names = (await registry.usage.operations({ days: 1, limit: 5 })).map(
        (item) => item.operationName,
      );
      await stop();
      expect(names).toContain("Good");
      expect(names.length + batch.dropped).toBe(2);
    },
  );

  test("operations beyond the size of a batch are counted as dropped, and there is room again after it", () => {
    const recorder = new UsageRecorder({ onDescribed: () => undefined, maxBytes: 20_000 });
    const requests = Array.from({ length: 300 }, (_, index) =>
      requestOf(`query Q${index} { person(id: 1) { name } }`, "app"),
    );
    for (const request of requests) recorder.record(request, false, 1);
    const batch = recorder.take();
    expect(JSON.stringify(batch).length).toBeLessThan(30_000);
    expect((batch?.operations.length ?? 0) + (batch?.dropped ?? 0)).toBe(300);
    expect(batch?.dropped).toBeGreaterThan(100);
    const last = requests.at(-1);
    if (last) recorder.record(last, true, 7000);
    expect(recorder.take()).toMatchObject({
      dropped: 0,
      operations: [{ name: "Q299", counts: [{ requests: 1, errors: 1 }] }],
    });
    expect(recorder.take()).toBeNull();
  });

  test("counting a request that was seen before takes less than five microseconds", () => {
    const recorder = new UsageRecorder({ onDescribed: () => undefined });
    const request = requestOf("{ person(id: 1) { name } }", "app");
    const rounds = 200_000;
    for (let index = 0; index < rounds; index += 1) recorder.record(request, false, 1);
    const since = performance.now();
    for (let index = 0; index < rounds; index += 1) recorder.record(request, false, index % 100);
    const nanoseconds = ((performance.now() - since) / rounds) * 1e6;
    process.stdout.write(`recording one request: ${nanoseconds.toFixed(0)} ns\n`);
    expect(nanoseconds).toBeLessThan(5000);
  });
});

test("a large operation is described beside the requests, and all of its requests are counted", async () => {
  const batches: UsageBatch[] = [];
  const mesh = await startSmallMesh({
    subgraphs: {
      large: {
        sdl: "type Query { me: Me } type Me { id: ID name: String }",
        resolvers: { Query: { me: () => ({ id: "1" }) } },
      },
    },
    usage: async (batch) => void batches.push(batch),
  });
  const query = `query Large { ${Array.from({ length: 99 }, (_, n) => `a${n}: me { ... on Me { id } ... on Me { name } }`).join(" ")} }`;
  expect(query.length).toBeGreaterThan(4000);
  for (const _ of [1, 2, 3]) expect((await mesh.ask(query)).status).toBe(200);
  await mesh.stop();
  const operations = batches.flatMap((batch) => batch.operations);
  expect(operations.map(({ name }) => name)).toEqual(["Large"]);
  expect(operations[0]?.coordinates).toEqual(
    ["ID", "Me", "Me.id", "Me.name", "Query", "Query.me", "String"].sort(),
  );
  expect(operations.flatMap(({ counts }) => counts.map(({ requests }) => requests))).toEqual([3]);
  expect(batches.map(({ dropped }) => dropped)).toEqual([0]);
});
