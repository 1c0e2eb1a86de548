import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Config, readConfig } from "../../../gateway/config.ts";
import { type Gateway, startGateway } from "../../../gateway/gateway.ts";
import { followPostgres } from "../../../gateway/registry/follow-postgres.ts";
import { createLog } from "../../../shared/log.ts";
import { query } from "../../testkit/query.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { type ServedSubgraphs, serveSubgraphs, trust } from "../../testkit/small-mesh.ts";
import { domainSdl, startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

const PET = domainSdl("Pet", `name: String chip: String @mask(strategy: HASH, unlessScopes: ["vet"])`);
const CHIP = "query Chip($id: ID!, $more: Boolean!) { pet(id: $id) { id chip name @include(if: $more) } }";
const TEXTS = "SELECT source, source_is_named, signature FROM usage_operation ORDER BY signature";

describe("what is used most is planned before anybody asks", () => {
  let mesh: TestRegistry;
  let subgraphs: ServedSubgraphs;
  let issuer: TokenIssuer;
  let directory: string;
  const cleanUp: (() => unknown)[] = [];

  beforeAll(async () => {
    mesh = await startRegistry();
    issuer = await TokenIssuer.start();
    directory = await scratchDirectory((remove) => cleanUp.push(remove));
    const pet = { id: "1", name: "Rex", chip: "917-x" };
    subgraphs = await serveSubgraphs({
      pet: { sdl: PET, resolvers: { Query: { pet: () => pet }, Pet: { __resolveReference: () => pet } } },
    });
    await mesh.publish("pet", PET, subgraphs.sources[0]?.url);
  });
  afterAll(async () => {
    for (const act of cleanUp.splice(0).reverse()) await act();
    await Promise.all([subgraphs.stop(), issuer.stop()]);
    await mesh.stop();
  });

  async function start(change: Partial<Config> = {}) {
    const usual = readConfig(null, {});
    const logged: string[] = [];
    const gateway = await startGateway({
      config: { ...usual, port: 0, auth: { ...usual.auth, issuers: [trust(issuer)] }, ...change },
      follow: {
        feed: followPostgres(mesh.registry.store, mesh.database.applicationUrl),
        publicKey: mesh.publicKey,
        lastGoodFile: join(directory, "last-good.json"),
        pollMs: 60_000,
      },
      usage: (batch) => mesh.registry.usage.record(batch),
      knownOperations: () => mesh.registry.usage.texts({ days: 7, limit: 100 }),
      log: createLog({
        name: "gateway",
        level: "info",
        destination: { write: (line) => void logged.push(line) },
      }),
    });
    cleanUp.push(() => gateway.stop());
    return { gateway, logged };
  }

  async function ask(gateway: Gateway, body: object, token?: string) {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const answer: { data?: { pet?: { chip?: string; name?: string } }; errors?: unknown[] } = JSON.parse(
      await response.text(),
    );
    return answer;
  }

  /** Until a gateway says that it has planned what is used most, of a generation or at all. */
  async function plannedAhead(logged: readonly string[], hash = ""): Promise<void> {
    await vi.waitFor(
      () => {
        const lines = logged.filter((line) => line.includes("are planned ahead") && line.includes(hash));
        // A swap says so twice: of what it had time for before, and of the rest.
        expect(lines.length).toBeGreaterThanOrEqual(hash === "" ? 1 : 2);
      },
      { timeout: 20_000 },
    );
  }

  /** How many operations were planned, and how many requests took the short way. */
  async function counts(gateway: Gateway): Promise<readonly [number, number]> {
    const page = await (await fetch(`${gateway.url}/metrics`)).text();
    const value = (name: string) =>
      Number(
        page
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.split(" ")[1] ?? 0,
      );
    return [value("dpg_operations_planned_total"), value('dpg_graphql_requests_total{lane="hot"}')];
  }

  const vet = (sub: string) => issuer.token({ sub, scope: "vet" });
  const variables = (id: string, more = true) => ({ id, more });

  test("the first request after a cold start plans nothing, for each kind of caller; it is judged for itself", async () => {
    const { gateway: first } = await start();
    for (const token of [undefined, vet("ann")])
      await ask(first, { query: CHIP, variables: variables("1") }, token);
    expect(await counts(first)).toEqual([2, 1]);
    await first.stop();

    const { gateway, logged } = await start();
    await plannedAhead(logged);
    const [planned] = await counts(gateway);
    expect(planned).toBe(4);
    const masked = await ask(gateway, { query: CHIP, variables: variables("2") });
    const clear = await ask(gateway, { query: CHIP, variables: variables("3") }, vet("bob"));
    const short = await ask(gateway, { query: CHIP, variables: variables("4", false) }, vet("eve"));
    expect(masked.data?.pet).toMatchObject({ name: "Rex", chip: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(clear.data?.pet).toEqual({ id: "1", chip: "917-x", name: "Rex" });
    expect(short.data?.pet).toEqual({ id: "1", chip: "917-x" });
    const outsider = await ask(
      gateway,
      { query: CHIP, variables: variables("5") },
      issuer.token({ sub: "x" }),
    );
    expect(outsider.data?.pet?.chip).toBe(masked.data?.pet?.chip);
    expect(await counts(gateway)).toEqual([planned, 4]);
    await gateway.stop();
  });

  test("an operation with values in its text is not kept: it is planned when it is asked for first", async () => {
    const { gateway: first } = await start();
    const secrets = [
      `query Named { pet(id: "ann@example.com") { name } }`,
      "{ pet(id: 91827364) { name } }",
      "# for ann@example.com\nquery Told($id: ID!) { pet(id: $id) { name } }",
      "query Aliased($id: ID!) { c91827364: pet(id: $id) { name } }",
      `query Default($id: ID = "ann") { pet(id: $id) { id } }`,
      "query Pet($id: ID!) { maria_example_com: pet(id: $id) { name } }",
    ];
    for (const text of secrets) await ask(first, { query: text });
    await first.stop();
    const kept = await query<{ source: string | null }>(mesh.database.ownerUrl, TEXTS);
    expect(kept.map(({ source }) => source).filter(Boolean)).toEqual([CHIP]);
    expect(JSON.stringify(kept)).not.toMatch(/ann|maria|91827364/);
    const { gateway, logged } = await start();
    await plannedAhead(logged);
    const [planned] = await counts(gateway);
    await ask(gateway, { query: secrets[0] });
    expect(await counts(gateway)).toEqual([planned + 1, 0]);
    await gateway.stop();
  });

  test("a swap plans what other gateways were asked for", async () => {
    const text = "query Other($id: ID!) { pet(id: $id) { name chip } }";
    const { gateway, logged } = await start();
    await plannedAhead(logged);
    const { gateway: other } = await start();
    await ask(other, { query: text, operationName: "Other", variables: { id: "1" } });
    await other.stop();
    logged.splice(0);
    const before = gateway.supergraph;
    const changed = PET.replace("name: String", "name: String age: Int");
    await mesh.publish("pet", changed, subgraphs.sources[0]?.url);
    await vi.waitFor(() => expect(gateway.supergraph).not.toBe(before), { timeout: 20_000 });
    await plannedAhead(logged, gateway.supergraph.hash);
    const [planned, hot] = await counts(gateway);
    const answer = await ask(gateway, { query: text, operationName: "Other", variables: { id: "9" } });
    expect(answer.data?.pet?.name).toBe("Rex");
    expect(await counts(gateway)).toEqual([planned, hot + 1]);
    await gateway.stop();
  });

  test("a text that a client could not send is not prepared either, and keeps no gateway from starting", async () => {
    const fan = Array.from(
      { length: 30 },
      (_, at) => `fragment F${at} on Pet { ...F${at + 1} ... { ...F${at + 1} } }`,
    );
    const hidden = "{ __schema { types { name } } }";
    const texts = [
      hidden,
      "{ nothing }",
      "{ pet(",
      "subscription { pet }",
      `{ pet(id: 1) { ${"... { ".repeat(600)} id ${"} ".repeat(600)} } }`,
      `{ pet(id: 1) { ...F0 } } ${fan.join(" ")} fragment F30 on Pet { id }`,
    ];
    await mesh.registry.usage.record(
      usageBatchOf(
        texts.map((source, at) => ({
          name: "",
          signature: `{evil${at}}`,
          text: { source, isNamed: false, contract: at === 1 ? "none" : "" },
          counts: [usageCountOf({ authenticated: false, scopes: [], requests: 1e6 })],
        })),
      ),
    );
    const { gateway, logged } = await start({ introspection: false });
    await plannedAhead(logged);
    const [planned] = await counts(gateway);
    expect(planned).toBeGreaterThan(0);
    expect((await ask(gateway, { query: hidden })).errors).toHaveLength(1);
    expect(await counts(gateway)).toEqual([planned, 0]);
    expect(logged.filter((line) => JSON.parse(line).level > 30)).toEqual([]);
    await gateway.stop();
  });

  test("a registry that does not tell is no reason not to start", async () => {
    const table = "usage_operation";
    await query(mesh.database.ownerUrl, `ALTER TABLE ${table} RENAME TO elsewhere`);
    const { gateway, logged } = await start();
    await query(mesh.database.ownerUrl, `ALTER TABLE elsewhere RENAME TO ${table}`);
    expect((await ask(gateway, { query: CHIP, variables: variables("1") })).data?.pet?.name).toBe("Rex");
    expect(logged.filter((line) => line.includes("none is planned ahead"))).toHaveLength(1);
    await gateway.stop();
  });
});
