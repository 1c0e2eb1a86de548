import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { DecidePolicy } from "../../gateway/request/evaluate-policies.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const SHOP = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@policy"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask", "@dataProduct", "@reveals"])
type Query { item(price: Int @reveals(fields: ["Item.price"])): Item }
type Mutation { restock: Item }
type Item @key(fields: "id") @dataProduct(id: "shop.items", domain: "shop", version: "1.0.0", status: ACTIVE) {
  id: ID!
  price: Int @policy(policies: [["pricing"]])
  cost: Int @policy(policies: [["pricing", "finance"], ["audit"]])
  supplier: String @mask(strategy: REDACT, unlessPolicies: ["pricing"])
}`;
const item = { id: "1", price: 5, cost: 3, supplier: "ACME" };
const subgraphs = {
  shop: { sdl: SHOP, resolvers: { Query: { item: () => item }, Mutation: { restock: () => item } } },
};

let issuer: TokenIssuer;
let mesh: SmallMesh | null = null;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterEach(async () => {
  await mesh?.stop();
  mesh = null;
});
afterAll(() => issuer.stop());

const ALL = "{ item { price cost supplier } }";
const permit = (condition = "true") => `permit (principal, action, resource) when { ${condition} };`;

describe("policies in Cedar files", () => {
  let folder: string;
  const write = (name: string, text: string) => {
    const draft = join(folder, `${name}.draft`);
    writeFileSync(draft, text);
    renameSync(draft, join(folder, `${name}.cedar`));
  };
  async function start(files: Readonly<Record<string, string>>): Promise<SmallMesh> {
    folder = mkdtempSync(join(tmpdir(), "dpg-policies-"));
    for (const [name, text] of Object.entries(files)) write(name, text);
    mesh = await startSmallMesh({
      subgraphs,
      issuers: [issuer],
      config: (usual) => ({ ...usual, policies: { directory: folder, timeoutMs: 200 } }),
    });
    return mesh;
  }
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const trusted = 'principal.scopes.contains("trusted")';

  test("open what they permit: alternatives of lists of names, and masks", async () => {
    const { ask } = await start({
      pricing: permit(trusted),
      finance: permit("false"),
      audit: permit('context.purpose == "audit"'),
    });
    expect((await ask(ALL)).data).toEqual({ item: { price: null, cost: null, supplier: "[redacted]" } });
    const token = issuer.token({ scope: "trusted", purpose: ["audit", "sales"] });
    expect((await ask(ALL, { token })).data).toEqual({ item: { price: 5, cost: null, supplier: "ACME" } });
    const audit = { token, headers: { "x-purpose": "audit" } };
    expect((await ask(ALL, audit)).data).toEqual({ item: { price: 5, cost: 3, supplier: "ACME" } });
  });

  test("name what is missing", async () => {
    const { ask } = await start({
      pricing: permit(trusted),
      finance: permit("false"),
      audit: permit("false"),
    });
    const { errors } = await ask("{ item { id cost } }", { token: issuer.token({ scope: "trusted" }) });
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      {
        code: "UNAUTHORIZED_FIELD_OR_TYPE",
        coordinate: "Item.cost",
        directive: "policy",
        missing: [["finance"], ["audit"]],
      },
    ]);
  });

  test("tell reading from writing, for everything that a mutation returns", async () => {
    const { ask } = await start({ pricing: permit('action == Action::"read"') });
    expect((await ask("{ item { price } }")).data).toEqual({ item: { price: 5 } });
    expect((await ask("mutation { restock { id price } }")).data).toEqual({
      restock: { id: "1", price: null },
    });
  });

  test("judge searching by a field like reading it", async () => {
    const { ask } = await start({ pricing: permit(trusted) });
    const search = "query ($price: Int) { item(price: $price) { id } }";
    const token = issuer.token({ scope: "trusted" });
    expect((await ask(search, { variables: { price: 5 }, token })).data).toEqual({ item: { id: "1" } });
    const refused = await ask(search, { variables: { price: 5 } });
    expect(refused.errors[0]?.extensions.code).toBe("UNAUTHORIZED_ARGUMENT");
  });

  test("are asked again by every request: an outcome is never carried over", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 5, 30, 16, 59) });
    const { ask } = await start({ pricing: permit("context.hour < 17") });
    const query = "{ item { price } }";
    for (let n = 0; n < 3; n++) expect((await ask(query)).data).toEqual({ item: { price: 5 } });
    vi.advanceTimersByTime(60_000);
    for (let n = 0; n < 3; n++) expect((await ask(query)).data).toBeNull();
    vi.advanceTimersByTime(10 * 3_600_000);
    expect((await ask(query)).data).toEqual({ item: { price: 5 } });
    vi.useRealTimers();
  });

  test("take effect when a file changes, and stay as they were when one does not parse", async () => {
    const { ask, logged, url } = await start({ pricing: permit("false") });
    const price = async () => (await ask("{ item { id price } }")).data.item.price;
    expect(await price()).toBeNull();
    write("pricing", permit());
    await vi.waitFor(async () => expect(await price()).toBe(5), { timeout: 10_000 });
    write("other", "permit (");
    write("pricing", permit("false"));
    await vi.waitFor(() => expect(logged.join("")).toContain("the last good set stays"), { timeout: 10_000 });
    expect(await price()).toBe(5);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'dpg_policy_reloads_total{outcome="refused"} 1',
    );
    write("other", permit());
    await vi.waitFor(async () => expect(await price()).toBeNull(), { timeout: 10_000 });
  });

  test("that do not parse at the start refuse the start, by file and line", async () => {
    await expect(start({ pricing: "permit (principal" })).rejects.toMatchObject({
      code: "POLICY_INVALID",
      message: expect.stringContaining("pricing.cedar:1:"),
    });
  });

  test("42: a policy that no file holds refuses, with a metric and one line in the log", async () => {
    const { ask, logged, url } = await start({ finance: permit() });
    for (let n = 0; n < 5; n++) expect((await ask("{ item { price } }")).data).toBeNull();
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'dpg_policy_faults_total{policy="pricing"} 5',
    );
    expect(logged.filter((line) => line.includes("no policy of that name"))).toHaveLength(1);
  });

  test("42: a forbid that cannot be evaluated refuses", async () => {
    const { ask } = await start({
      pricing: `${permit()} forbid (principal, action, resource) when { principal.claims.suspended };`,
    });
    const price = async (claims: object) =>
      (await ask("{ item { id price } }", { token: issuer.token({ ...claims }) })).data.item.price;
    expect(await price({ suspended: false })).toBe(5);
    expect(await price({ suspended: true })).toBeNull();
    expect(await price({})).toBeNull();
    expect(await price({ suspended: "no" })).toBeNull();
  });
});

describe("42: an engine that fails", () => {
  let engine: DecidePolicy | null = null;
  let switchable: SmallMesh;
  beforeAll(async () => {
    switchable = await startSmallMesh({
      subgraphs,
      policyEngine: (question) => engine?.(question),
      config: (usual) => ({ ...usual, policies: { directory: null, timeoutMs: 100 } }),
    });
  });
  afterAll(() => switchable.stop());

  const failing: readonly (readonly [string, DecidePolicy])[] = [
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    [
      "throws nothing at all",
      () => {
        throw undefined;
      },
    ],
    ["rejects", () => Promise.reject(new Error("boom"))],
    ["never answers", () => new Promise(() => {})],
    ["answers too late", () => pause(400, true)],
    ["answers 1", () => 1],
    ["answers a text", () => "true"],
    ["answers an object", () => ({ allow: true })],
    ["answers a promise of a text", async () => "true"],
    ["answers nothing", () => undefined],
    ["answers false", () => false],
  ];
  test.each(failing)("and %s: refused", async (_name, failing) => {
    engine = failing;
    expect((await switchable.ask("{ item { id price } }")).data).toEqual({ item: { id: "1", price: null } });
  });

  test("and works again: answered", async () => {
    engine = () => true;
    expect((await switchable.ask("{ item { id price } }")).data).toEqual({ item: { id: "1", price: 5 } });
  });

  test("no engine at all: refused", async () => {
    mesh = await startSmallMesh({ subgraphs });
    expect((await mesh.ask("{ item { id price } }")).data).toEqual({ item: { id: "1", price: null } });
  });

  test("one policy late: the other's outcome counts", async () => {
    engine = ({ policy }) => (policy === "pricing" ? true : new Promise(() => {}));
    expect((await switchable.ask(ALL)).data).toEqual({ item: { price: 5, cost: null, supplier: "ACME" } });
  });

  test("each policy is asked once per request, and none that the operation does not name", async () => {
    const asked: string[] = [];
    engine = ({ policy, products }) => {
      asked.push(`${policy} for ${products.map(({ id }) => id).join()}`);
      return true;
    };
    await switchable.ask("{ item { price a: price supplier again: supplier } }");
    expect(asked).toEqual(["pricing for shop.items"]);
    await switchable.ask("{ item { id } }");
    expect(asked).toHaveLength(1);
    await switchable.ask("{ item { cost } }");
    expect(asked.slice(1)).toEqual([
      "audit for shop.items",
      "finance for shop.items",
      "pricing for shop.items",
    ]);
  });
});
