import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dpg } from "../testkit/run-command.ts";
import { type GraphQLAnswer, Mesh } from "../testkit/start-mesh.ts";

const CALLERS = ["storefront", "analyst", "support-emea", "steward", null] as const;

/** All that the demo governs: masks, guards on fields and types, row filters, mutations that are not run. */
const OPERATIONS = [
  `{ customer(id: "C0021") { id name email phone region creditLimit loyaltyTier address { city line1 } } }`,
  `{ customer(id: "C0021") { contact: email orders(first: 5) { totalCount nodes { id region total customer { mail: email } } } } }`,
  `{ orders(first: 50, filter: { region: EMEA }) { nodes { id region status items { quantity product { id name price } } } } }`,
  `{ customers(first: 3) { nodes { ...Contact } edges { node { ...Contact creditLimit } } } products(first: 2) { nodes { name inventory } } }
   fragment Contact on Customer { email phone ... on Customer { address { postalCode } } }`,
];

interface Told {
  readonly coordinate: string;
  readonly verdict: "allowed" | "masked" | "filtered" | "denied";
  readonly paths: readonly string[];
  readonly rule: { readonly directive: string; readonly subgraphs: readonly string[] } | null;
  readonly missing: readonly (readonly string[])[];
}

let mesh: Mesh;
beforeAll(async () => {
  mesh = await Mesh.start();
});
afterAll(() => mesh.remove());

async function explain(query: string, persona: string | null): Promise<{ readonly fields: readonly Told[] }> {
  const authorization = persona ? { authorization: `Bearer ${await mesh.personaToken(persona)}` } : {};
  const response = await fetch(`${mesh.url}/governance/explain`, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization },
    body: JSON.stringify({ query }),
  });
  const { data, error } = (await response.json()) as { data: { fields: Told[] }; error?: unknown };
  expect(error).toBeUndefined();
  return data;
}

function answer(query: string, persona: string | null): Promise<GraphQLAnswer> {
  return mesh.query(query, persona ? { persona } : {});
}

/** All values at a path of response keys, through lists; null where an object above is missing. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [key, ...rest] = path;
  if (key === undefined) return [value];
  return typeof value === "object" && value !== null && key in value
    ? valuesAt(Reflect.get(value, key), rest)
    : [null];
}

function isLeaf(value: unknown): boolean {
  return typeof value !== "object";
}

describe("explain and the gateway's answers agree over the whole demo", () => {
  describe.each(OPERATIONS)("%s", (query) => {
    test.each(CALLERS)("for %s", async (persona) => {
      const [{ fields }, given, clear] = await Promise.all([
        explain(query, persona),
        answer(query, persona),
        answer(query, "steward"),
      ]);
      const refused = given.errors.map(({ path }) => path?.join("."));
      const claimed: string[] = [];
      for (const { verdict, paths, coordinate, missing } of fields)
        for (const path of paths) {
          const values = valuesAt(given.data, path.split("."));
          const truth = valuesAt(clear.data, path.split("."));
          const place = `${coordinate} at ${path} is ${verdict}`;
          if (verdict === "denied") {
            expect(
              values.every((value) => value === null),
              place,
            ).toBe(true);
            const error = given.errors.find((item) => item.path?.join(".") === path);
            if (!error) continue;
            claimed.push(path);
            expect(error.extensions.missing ?? [], place).toEqual(missing);
            expect(error.extensions, place).toMatchObject({ coordinate });
            continue;
          }
          expect(refused, place).not.toContain(path);
          const leaves = values.filter((value) => value !== null && isLeaf(value));
          if (verdict === "masked")
            expect(
              leaves.filter((value) => truth.includes(value)),
              place,
            ).toEqual([]);
          else
            expect(
              leaves.filter((value) => !truth.includes(value) && coordinate !== "OrderConnection.totalCount"),
              place,
            ).toEqual([]);
        }
      expect(claimed.sort()).toEqual(refused.sort());
    });
  });

  test("what is called filtered is: rows of other regions are missing, and none without the claim", async () => {
    const query = "{ orders(first: 100) { nodes { region } } }";
    const verdictOf = async (persona: string | null) =>
      (await explain(query, persona)).fields.find((item) => item.coordinate === "OrderConnection.nodes")
        ?.verdict;
    const regions = async (persona: string | null) =>
      new Set(valuesAt((await answer(query, persona)).data, ["orders", "nodes", "region"]));
    expect([await verdictOf("support-emea"), await verdictOf(null)]).toEqual(["filtered", "filtered"]);
    expect(await regions("support-emea")).toEqual(new Set(["EMEA"]));
    expect(await regions(null)).toEqual(new Set());
    expect((await regions("steward")).size).toBe(3);
  });

  test("names the subgraph whose rule decided", async () => {
    const { fields } = await explain(OPERATIONS[0] ?? "", "analyst");
    const rules = fields
      .filter(({ rule }) => rule)
      .map(({ coordinate, rule }) => [coordinate, rule?.directive, rule?.subgraphs]);
    expect(rules).toEqual([
      ["Customer.email", "mask", ["customer"]],
      ["Customer.phone", "mask", ["customer"]],
      ["Customer.creditLimit", "requiresScopes", ["customer"]],
    ]);
  });

  test("explains a mutation without running it", async () => {
    const order = `mutation { placeOrder(input: { customerId: "C0001", items: [{ productId: "P0001", quantity: 1 }], idempotencyKey: "explained-1" }) { replayed } }`;
    expect((await explain(order, null)).fields[0]).toMatchObject({
      coordinate: "Mutation.placeOrder",
      verdict: "denied",
    });
    expect((await explain(order, "storefront")).fields[0]).toMatchObject({ verdict: "allowed" });
    const placed = await answer(order, "storefront");
    expect(placed).toMatchObject({ errors: [], data: { placeOrder: { replayed: false } } });
  });
});

describe("dpg explain", () => {
  const run = (...args: readonly string[]) =>
    dpg(["explain", ...args], { DPG_DATA_DIR: mesh.dataDirectory, DPG_GATEWAY_URL: mesh.url });
  const query = OPERATIONS[0] ?? "";

  test("prints a line per coordinate and the plan", async () => {
    const { code, stdout } = await run(query, "--persona", "analyst");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Customer\.email +masked +RESTRICTED +customer\.customers +customer-domain +EMAIL by @mask/,
    );
    expect(stdout).toMatch(/Customer\.creditLimit +denied .*missing customer:finance/);
    expect(stdout).toMatch(/plan:\ncustomer:\n/);
    expect(stdout).not.toContain("C0021");
  });

  test("prints JSON, of the running gateway and of a file alike", async () => {
    const artifact = `${mesh.dataDirectory}/artifact.json`;
    await dpg([
      "supergraph",
      "compose",
      "--config",
      "subgraphs/supergraph.yaml",
      "--artifact",
      "--output",
      artifact,
    ]);
    const token = await mesh.personaToken("support-emea");
    const live = await run(query, "--token", token, "--format", "json");
    const file = await run(query, "--token", token, "--format", "json", "--supergraph", artifact);
    const [{ data: fromGateway, json_version }, { data: fromFile }] = [
      JSON.parse(live.stdout),
      JSON.parse(file.stdout),
    ];
    expect(json_version).toBe("1");
    expect(fromGateway.fields).toEqual(fromFile.fields);
    expect(fromGateway.plan.steps).toMatchObject({ kind: "fetch", subgraph: "customer" });
  });

  test("takes variables, and somebody else's facts from the governance team only", async () => {
    const asked = [
      "query ($id: ID!) { customer(id: $id) { email } }",
      "--variables",
      `{"id":"C0001"}`,
      "--format",
      "json",
    ];
    const as = ["--as", `{"scopes":["customer:pii"]}`];
    const steward = JSON.parse((await run(...asked, ...as, "--persona", "steward")).stdout);
    expect(steward.data.fields[1]).toMatchObject({ coordinate: "Customer.email", verdict: "allowed" });
    const analyst = await run(...asked, ...as, "--persona", "analyst");
    expect([analyst.code, JSON.parse(analyst.stdout).error.code]).toEqual([1, "GOVERNANCE_TEAM_ONLY"]);
  });

  test.each([
    [["{ customer", "--persona", "analyst"], "OPERATION_INVALID"],
    [["{ nothing }"], "OPERATION_INVALID"],
    [["{ __typename }", "--persona", "nobody"], "USAGE"],
    [["{ __typename }", "--variables", "[]"], "USAGE"],
    [["{ __typename }", "--token", "a.b.c"], "UNAUTHENTICATED"],
    [["{ __typename }", "--as", "nobody"], "USAGE"],
    [["{ __typename }", "--as", "a.b.c"], "UNAUTHENTICATED"],
    [["{ __typename }", "--as", "{", "--persona", "steward"], "USAGE"],
    [["{ __typename }", "--as", "analyst", "--persona", "steward"], "USAGE"],
    [["{ __typename }", "--supergraph", "/nowhere"], "FILE_UNREADABLE"],
  ])("%j ends with %s, cause and remedy", async (args, code) => {
    const { code: exit, stderr } = await run(...args);
    expect([exit, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`error\\[${code}\\][\\s\\S]*cause:[\\s\\S]*remedy:`)),
    ]);
  });

  test("says where no gateway answers", async () => {
    const { code, stderr } = await dpg(["explain", "{ __typename }"], {
      DPG_GATEWAY_URL: "http://127.0.0.1:9",
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[GATEWAY_UNAVAILABLE]")]);
  });
});
