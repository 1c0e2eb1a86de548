import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fastify } from "fastify";
import { graphql } from "graphql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { type Gateway, startGateway } from "../../../gateway/gateway.ts";
import { followPostgres } from "../../../gateway/registry/follow-postgres.ts";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { followHttp } from "../../../gateway/supergraph/follow-http.ts";
import type { GenerationFeed } from "../../../gateway/supergraph/watch-supergraph.ts";
import { createLog } from "../../../shared/log.ts";
import { buildSubgraphSchema } from "../../../shared/subgraph/build-subgraph-schema.ts";
import { portOf } from "../../testkit/gateway-identity.ts";
import { query } from "../../testkit/query.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { domainSdl, startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";

const PET = domainSdl("Pet", "name: String");
const PET_AND_AGE = domainSdl("Pet", "name: String age: Int");

/** So that a subgraph may be held back for as long as a test needs. */
const PATIENT = { timeoutMs: 30_000, retries: 0, maxResponseBytes: 1_000_000 };

describe("a gateway that follows the registry", () => {
  let mesh: TestRegistry;
  let directory: string;
  const cleanUp: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    mesh = await startRegistry();
    directory = await scratchDirectory((remove) => cleanUp.push(remove));
    cleanUp.push(() => mesh.stop());
  });
  afterEach(async () => {
    for (const act of cleanUp.splice(0).reverse()) await act();
  });

  async function follow(feed?: GenerationFeed, pollMs = 60_000, logged: string[] = []): Promise<Gateway> {
    const gateway = await startGateway({
      config: { ...readConfig(null, {}), port: 0, subgraphs: { pet: PATIENT } },
      follow: {
        feed: feed ?? followPostgres(mesh.registry.store, mesh.database.applicationUrl),
        publicKey: mesh.publicKey,
        lastGoodFile: join(directory, "last-good.json"),
        pollMs,
      },
      log: createLog({
        name: "gateway",
        level: "info",
        destination: { write: (line: string) => void logged.push(line) },
      }),
    });
    cleanUp.push(() => gateway.stop());
    return gateway;
  }

  /** A subgraph over HTTP with one pet, which answers when it may. */
  async function serve(sdl: string, mayAnswer: Promise<void> = Promise.resolve()): Promise<string> {
    const pet = { __typename: "Pet", id: "1", name: "Rex", age: 3 };
    const schema = buildSubgraphSchema(sdl, {
      Query: { pet: () => pet },
      Pet: { __resolveReference: () => pet },
    });
    const server = createServer(async (request, response) => {
      const sent = JSON.parse(await text(request));
      await mayAnswer;
      const answer = await graphql({ schema, source: sent.query, variableValues: sent.variables });
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanUp.push(() => close(server));
    return `http://127.0.0.1:${portOf(server.address())}/graphql`;
  }

  test("serves what is published, at the address that is published, without a restart", async () => {
    await mesh.publish("pet", PET, await serve(PET));
    const gateway = await follow();
    expect(await ask(gateway, "{ pet(id: 1) { name } }")).toMatchObject({ data: { pet: { name: "Rex" } } });
    expect(await ask(gateway, "{ pet(id: 1) { age } }")).toMatchObject({ errors: [expect.anything()] });
    await mesh.publish("pet", PET_AND_AGE, await serve(PET_AND_AGE));
    const since = performance.now();
    await until(async () => (await ask(gateway, "{ pet(id: 1) { age } }")).data?.pet?.age === 3);
    expect(performance.now() - since).toBeLessThan(2000);
    expect(await metric(gateway, "dpg_supergraph_generation")).toBe(2);
    expect(await metric(gateway, "dpg_supergraph_generations_alive")).toBe(1);
  });

  test("104: lets an operation in flight finish on its generation, and keeps at most two alive", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await mesh.publish("pet", PET, await serve(PET, held));
    const gateway = await follow();
    const slow = ask(gateway, "{ pet(id: 1) { name } }");
    await pause(150);
    await mesh.publish("pet", PET_AND_AGE, await serve(PET_AND_AGE));
    await until(async () => (await metric(gateway, "dpg_supergraph_generation")) === 2);
    expect(await metric(gateway, "dpg_supergraph_generations_alive")).toBe(2);
    await mesh.publish(
      "pet",
      domainSdl("Pet", "name: String age: Int tag: String"),
      await serve(PET_AND_AGE),
    );
    await pause(500);
    expect(await metric(gateway, "dpg_supergraph_generation")).toBe(2);
    release();
    expect(await slow).toEqual({ data: { pet: { name: "Rex" } } });
    await until(async () => (await metric(gateway, "dpg_supergraph_generation")) === 3);
    expect(await metric(gateway, "dpg_supergraph_generations_alive")).toBe(1);
  });

  test("63, 103: keeps the old generation where one was tampered with, says so in a metric, and takes the next good one", async () => {
    await mesh.publish("pet", PET, await serve(PET));
    const gateway = await follow(undefined, 200);
    const owner = mesh.database.adminUrl;
    await query(owner, "ALTER TABLE artifact DISABLE TRIGGER written_once");
    const second = await mesh.publish("pet", PET_AND_AGE, await serve(PET_AND_AGE));
    await until(async () => (await metric(gateway, "dpg_supergraph_generation")) === 2);
    await query(
      owner,
      "INSERT INTO artifact SELECT repeat('a', 64), replace(content, 'age', 'spy') FROM artifact WHERE hash = $1",
      [second.hash],
    );
    await query(
      owner,
      "INSERT INTO generation SELECT 3, repeat('a', 64), signature, act, author, reason FROM generation WHERE number = 2",
    );
    await query(owner, "SELECT pg_notify('dpg_generation', '3')");
    await until(async () => (await metric(gateway, "dpg_supergraph_refused_total")) === 1);
    await query(
      owner,
      "INSERT INTO generation SELECT 4, artifact_hash, signature, act, author, reason FROM generation WHERE number = 2",
    );
    await query(
      owner,
      "INSERT INTO generation_member SELECT 4, name, version FROM generation_member WHERE generation = 2",
    );
    await query(owner, "SELECT pg_notify('dpg_generation', '4')");
    await until(async () => (await metric(gateway, "dpg_supergraph_refused_total")) === 2);
    expect(await ask(gateway, "{ pet(id: 1) { age } }")).toMatchObject({ data: { pet: { age: 3 } } });
    await mesh.publish("dog", domainSdl("Dog"), await serve(PET));
    await until(async () => (await metric(gateway, "dpg_supergraph_generation")) === 5);
  });

  test("102: goes on when the registry is gone, and starts without it from the last good generation on disk", async () => {
    await mesh.publish("pet", PET, await serve(PET));
    const first = await follow();
    await first.stop();
    const nobody: GenerationFeed = {
      newerThan: () => Promise.reject(new Error("nobody answers")),
      onNotice: () => async () => {},
    };
    const second = await follow(nobody, 50);
    expect(await ask(second, "{ pet(id: 1) { name } }")).toEqual({ data: { pet: { name: "Rex" } } });
    await until(async () => ((await metric(second, "dpg_registry_unreachable_total")) ?? 0) > 2);
    expect(JSON.parse(readFileSync(join(directory, "last-good.json"), "utf8"))).toMatchObject({ number: 1 });
  });

  test("102: does not start without the registry where the file on disk was changed", async () => {
    await mesh.publish("pet", PET, await serve(PET));
    const file = join(directory, "last-good.json");
    const generation = await mesh.registry.store.generation(1);
    writeFileSync(
      file,
      JSON.stringify({ ...generation, content: generation?.content.replace("name", "nime") }),
    );
    const nobody: GenerationFeed = {
      newerThan: () => Promise.reject(new Error("no")),
      onNotice: () => async () => {},
    };
    await expect(follow(nobody)).rejects.toMatchObject({ code: "ARTIFACT_REFUSED" });
  });

  test("102: follows a registry over HTTP as well, also when that was away for a while", async () => {
    await mesh.publish("pet", PET, await serve(PET));
    const { token } = await mesh.registry.tokens.create("pet", 3600, "test");
    const start = async (port: number) => {
      const app = fastify({ forceCloseConnections: true });
      await app.register((scope) => registryRoutes(scope, mesh.registry), { prefix: "/registry/v1" });
      await app.listen({ port, host: "127.0.0.1" });
      cleanUp.push(() => app.close());
      return app;
    };
    const first = await start(0);
    const port = portOf(first.server.address());
    const gateway = await follow(followHttp({ url: `http://127.0.0.1:${port}/`, token }), 100);
    await first.close();
    await mesh.publish("pet", PET_AND_AGE, await serve(PET_AND_AGE));
    await until(async () => ((await metric(gateway, "dpg_registry_unreachable_total")) ?? 0) > 0);
    expect(await ask(gateway, "{ pet(id: 1) { name } }")).toEqual({ data: { pet: { name: "Rex" } } });
    await start(port);
    await until(async () => (await ask(gateway, "{ pet(id: 1) { age } }")).data?.pet?.age === 3);
  });

  test("plans what the served generation is asked for, for those who asked, before it switches", async () => {
    const url = await serve(PET_AND_AGE);
    await mesh.publish("pet", PET, url);
    const logged: string[] = [];
    const gateway = await follow(undefined, 60_000, logged);
    const sources = [
      "{ pet(id: 1) { name } }",
      "query Q($a: Boolean!) { pet(id: 1) { id name @skip(if: $a) } }",
    ];
    for (let round = 0; round < 3; round += 1)
      for (const source of sources) await ask(gateway, source, { a: true });
    expect((await ask(gateway, "{ pet(id: 1) { age } }")).errors).toHaveLength(1);
    await mesh.publish("pet", PET_AND_AGE, url);
    await until(async () => (await metric(gateway, "dpg_supergraph_generation")) === 2);
    const line = logged.find((text) => text.includes("planned for the next generation")) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({ operations: 2 });
    const hot = await metric(gateway, 'dpg_graphql_requests_total{lane="hot"}');
    expect(await ask(gateway, sources[0] ?? "")).toEqual({ data: { pet: { name: "Rex" } } });
    expect(await ask(gateway, sources[1] ?? "", { a: true })).toEqual({ data: { pet: { id: "1" } } });
    expect(await ask(gateway, sources[1] ?? "", { a: false })).toEqual({
      data: { pet: { id: "1", name: "Rex" } },
    });
    expect(await metric(gateway, 'dpg_graphql_requests_total{lane="hot"}')).toBe((hot ?? 0) + 3);
  });

  test("hears of generations again after its connection was cut", async () => {
    await mesh.publish("pet", PET, await serve(PET));
    const gateway = await follow();
    await query(
      mesh.database.adminUrl,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dpg-follow' AND datname = current_database()",
    );
    await mesh.publish("pet", PET_AND_AGE, await serve(PET_AND_AGE));
    await until(async () => (await ask(gateway, "{ pet(id: 1) { age } }")).data?.pet?.age === 3);
  });
});

async function ask(gateway: Gateway, source: string, variables: object = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: source, variables }),
  });
  const body: { data?: { pet?: { id?: string; name?: string; age?: number } } | null; errors?: unknown[] } =
    JSON.parse(await response.text());
  return body;
}

async function metric(gateway: Gateway, name: string): Promise<number | undefined> {
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  const line = page.split("\n").find((item) => item.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.split(" ")[1]);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error("it did not happen within ten seconds");
    await pause(20);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
