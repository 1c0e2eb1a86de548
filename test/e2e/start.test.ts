import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, printSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../testkit/free-port.ts";
import { dpg, run } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

const QUERY = `{
  customer(id: "C0021") {
    name email phone creditLimit
    orders(first: 3) { totalCount nodes { id region total items { quantity product { name price } } } }
  }
}`;

interface Answer {
  readonly customer: {
    readonly name: string;
    readonly email: string | null;
    readonly phone: string | null;
    readonly creditLimit: number | null;
    readonly orders: {
      readonly totalCount: number;
      readonly nodes: readonly {
        readonly region: string;
        readonly items: readonly { readonly product: { readonly name: string } }[];
      }[];
    } | null;
  };
}

describe("npm start", () => {
  let mesh: Mesh;
  beforeAll(async () => {
    mesh = await Mesh.start();
  });
  afterAll(() => mesh.remove());

  async function as(persona?: string) {
    const answer = await mesh.query(QUERY, persona ? { persona } : {});
    return { ...answer, customer: (answer.data as Answer).customer };
  }

  test("prints the address, every persona with a token, and a sample query that runs", () => {
    for (const name of ["storefront", "analyst", "support-emea", "steward"])
      expect(mesh.output).toMatch(new RegExp(`${name}: .+\\n\\s+eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+`));
    expect(mesh.output).toContain(`http://127.0.0.1:${mesh.port}/graphql`);
    expect(mesh.output).toContain("dpg token --persona");
  });

  test("has its own catalog as a data product: contacts and consumers are for who is known", async () => {
    const query = `{
      dataProducts(sort: NAME_ASC) { nodes { id } }
      catalogField(coordinate: "Customer.email") { owner { team contact } masks { summary } consumers { application } }
      mesh { products fields { described } }
    }`;
    const anonymous = await mesh.query(query);
    expect(anonymous.data).toEqual({
      dataProducts: {
        nodes: ["catalog.products", "customer.customers", "order.orders", "product.catalog"].map((id) => ({
          id,
        })),
      },
      catalogField: {
        owner: { team: "customer-domain", contact: null },
        masks: [{ summary: expect.stringContaining("EMAIL") }],
        consumers: null,
      },
      mesh: { products: 4, fields: { described: 1 } },
    });
    expect(anonymous.errors.map(({ extensions }) => [extensions.code, extensions.coordinate])).toEqual([
      ["UNAUTHENTICATED", "CatalogOwner.contact"],
      ["UNAUTHENTICATED", "CatalogField.consumers"],
    ]);
    const known = await mesh.query(query, { persona: "analyst" });
    expect(known.errors).toEqual([]);
    expect(known.data).toMatchObject({
      catalogField: { owner: { contact: "customer-domain@example.com" }, consumers: expect.any(Array) },
    });
  });

  test.each(["storefront", "analyst"])("masks contact data for %s, across three domains", async (persona) => {
    const { customer, errors } = await as(persona);
    expect(customer.email).toMatch(/^\*\*\*@/);
    expect(customer.phone).toMatch(/^\*+\d{4}$/);
    expect(customer.orders?.nodes[0]?.items[0]?.product.name).toEqual(expect.any(String));
    expect(errors.map((error) => [error.path, error.extensions.code])).toEqual([
      [["customer", "creditLimit"], "UNAUTHORIZED_FIELD_OR_TYPE"],
    ]);
  });

  test("shows support-emea contact data in clear, and only orders of its region", async () => {
    const { customer } = await as("support-emea");
    expect(customer.email).toMatch(/^[^*]+@/);
    const orders = await mesh.query("{ orders(first: 100) { nodes { region } } }", {
      persona: "support-emea",
    });
    const { nodes } = (orders.data as { orders: { nodes: { region: string }[] } }).orders;
    expect(nodes.length).toBe(100);
    expect(new Set(nodes.map((node) => node.region))).toEqual(new Set(["EMEA"]));
  });

  test("gives an anonymous caller the public fields, no order, and typed errors", async () => {
    const { customer, errors, status } = await as();
    expect(status).toBe(200);
    expect(customer.name).toEqual(expect.any(String));
    expect(customer.email).toMatch(/^\*\*\*@/);
    expect(customer.phone).toBeNull();
    expect(customer.orders).toMatchObject({ totalCount: 0, nodes: [] });
    expect(errors.map((error) => [error.path, error.extensions.code, error.extensions.coordinate])).toEqual([
      [["customer", "phone"], "UNAUTHENTICATED", "Customer.phone"],
      [["customer", "creditLimit"], "UNAUTHENTICATED", "Customer.creditLimit"],
    ]);
  });

  test("shows the steward everything", async () => {
    const { customer, errors } = await as("steward");
    expect(errors).toEqual([]);
    expect(customer.creditLimit).toEqual(expect.any(Number));
    expect(customer.phone).toMatch(/^\+/);
  });

  test("refuses an expired token also on a public field, as 401", async () => {
    const token = await mesh.token("--sub", "late", "--expires", "-1h");
    const answer = await mesh.query("{ __typename }", { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
    expect(answer.errors[0]).toMatchObject({
      message: "The token is expired.",
      extensions: { code: "UNAUTHENTICATED" },
    });
  });

  test("gives identity headers sent by a client no effect", async () => {
    const forged = {
      "x-user": "steward",
      "x-scopes": "customer:pii customer:finance",
      "x-dpg-identity": "steward",
    };
    const { data, errors } = await mesh.query(QUERY, { headers: forged });
    expect((data as Answer).customer.email).toMatch(/^\*\*\*@/);
    expect(errors.map((error) => error.extensions.code)).toEqual(["UNAUTHENTICATED", "UNAUTHENTICATED"]);
  });

  test("describes the API schema, and nothing of federation or governance", async () => {
    const { data, errors } = await mesh.query(getIntrospectionQuery());
    expect(errors).toEqual([]);
    const sdl = printSchema(buildClientSchema(data as IntrospectionQuery));
    expect(sdl).toContain("type Customer {");
    expect(sdl).toContain("input OrderFilter {");
    expect(sdl).not.toMatch(/join__|link__|governance|_Entity|_Service|FieldSet|requiresScopes|Scope\b/);
  });

  test("has no _entities and no _service", async () => {
    const entities = await mesh.query(`{ _entities(representations: []) { __typename } }`, {
      persona: "steward",
    });
    const service = await mesh.query("{ _service { sdl } }", { persona: "steward" });
    expect([entities.status, service.status]).toEqual([400, 400]);
    expect(entities.errors[0]?.message).toContain("_entities");
  });

  test("lets nobody past the gateway: a subgraph refuses direct calls, also with a user's token", async () => {
    const token = await mesh.token("--persona", "steward");
    for (const headers of [{}, { authorization: `Bearer ${token}` }])
      for (const offset of [101, 102, 103]) {
        const response = await fetch(`http://127.0.0.1:${mesh.port + offset}/graphql`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify({ query: "{ __typename }" }),
        });
        expect(response.status).toBe(401);
        expect(await response.text()).toContain("SUBGRAPH_IDENTITY_REQUIRED");
      }
  });

  test("places an order once per idempotency key, and only when authenticated", async () => {
    const order = `mutation Order($key: String!) {
      placeOrder(input: { customerId: "C0021", items: [{ productId: "P0001", quantity: 2 }], idempotencyKey: $key }) {
        replayed order { id total items { product { name } } } } }`;
    const variables = { key: `e2e-${mesh.port}-1` };
    const anonymous = await mesh.query(order, { variables });
    expect(anonymous).toMatchObject({ data: null, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    const first = await mesh.query(order, { persona: "storefront", variables });
    const second = await mesh.query(order, { persona: "storefront", variables });
    expect(first).toMatchObject({ errors: [], data: { placeOrder: { replayed: false } } });
    expect(second).toMatchObject({ errors: [], data: { placeOrder: { replayed: true } } });
  });

  test("serves the query page offline under a strict policy", async () => {
    const page = await fetch(`${mesh.url}/graphiql`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      expect([path, (await fetch(`${mesh.url}${path}`)).status]).toEqual([path, 200]);
  });

  test("answers health, metrics and keys", async () => {
    const status = async (path: string) => (await fetch(`${mesh.url}${path}`)).status;
    expect(
      await Promise.all(["/health/live", "/health/ready", "/metrics", "/.well-known/jwks.json"].map(status)),
    ).toEqual([200, 200, 200, 200]);
    const keys: unknown = await (await fetch(`${mesh.url}/.well-known/jwks.json`)).json();
    expect(keys).toMatchObject({ keys: [{ kty: "OKP", crv: "Ed25519" }] });
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });

  test("says what is wrong when its port is taken", async () => {
    const second = Mesh.start({ port: mesh.port });
    await expect(second).rejects.toThrow(/PORT_IN_USE[\s\S]*cause:[\s\S]*remedy:/);
  });

  // The tests below end parts of the mesh, so they come last and in this order.

  test("delivers the other domains' data when one is killed, with a typed error that names no address", async () => {
    kill(mesh, "subgraphs/product/main.js");
    const { customer, errors, text } = await as("steward");
    expect(customer.name).toEqual(expect.any(String));
    expect(customer.orders?.nodes.length).toBeGreaterThan(0);
    expect(errors.map((error) => error.extensions.code)).toContain("SUBGRAPH_UNAVAILABLE");
    expect(text).not.toMatch(/127\.0\.0\.1|localhost|ECONN|http:/);
  });

  test("survives kill -9 of itself, and starts again with the same data", async () => {
    const id = `e2e-${mesh.port}-1`;
    kill(mesh, "start.mjs");
    await mesh.terminate();
    mesh = await Mesh.start({ port: mesh.port, dataDirectory: mesh.dataDirectory });
    const again = await mesh.query(
      `mutation { placeOrder(input: { customerId: "C0021", items: [{ productId: "P0001", quantity: 2 }], idempotencyKey: "${id}" }) { replayed } }`,
      { persona: "storefront" },
    );
    expect(again).toMatchObject({ errors: [], data: { placeOrder: { replayed: true } } });
  });

  test("stops everything within 15 s of SIGTERM to npm alone", async () => {
    const took = await mesh.terminate();
    expect(took).toBeLessThan(15_000);
    expect(await answering(mesh)).toEqual([]);
    expect(processes().filter(({ command }) => command.includes(mesh.dataDirectory))).toEqual([]);
  });
});

describe("dpg", () => {
  test("explains every error code, and refuses an unknown one", async () => {
    const known = await dpg(["error", "PORT_IN_USE"]);
    expect(known).toMatchObject({ code: 0, stdout: expect.stringMatching(/cause:[\s\S]*remedy:/) });
    const unknown = await dpg(["error", "NOPE"]);
    expect(unknown).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("UNKNOWN_ERROR_CODE"),
    });
  });

  test("refuses an unknown configuration key by name, with exit code 1", async () => {
    const result = await dpg(["serve", "--supergraph", "/nowhere.graphql"], { DPG_LIMIT: "1" });
    expect(result).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/CONFIG_INVALID[\s\S]*DPG_LIMIT[\s\S]*remedy:/),
    });
  });

  test("refuses a supergraph that is none, with exit code 1", async () => {
    const result = await dpg(["serve", "--supergraph", "subgraphs/order/schema.graphql"]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("SUPERGRAPH_INVALID") });
  });
});

describe("npm start that cannot start", () => {
  test("says that the database cannot be reached, without the password, and exits with 1", async () => {
    const env = {
      DATABASE_URL: "postgres://admin:secret-word@127.0.0.1:9/postgres",
      PORT: String(await freePort()),
    };
    const { code, stdout, stderr } = await run("npm", ["start", "--silent"], {
      ...env,
      DPG_DATA_DIR: scratch(),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/POSTGRES_UNAVAILABLE[\s\S]*cause:[\s\S]*remedy:/);
    expect(stdout + stderr).not.toContain("secret-word");
  });

  test("says that its data directory cannot be used, and exits with 1", async () => {
    const file = join(scratch(), "a-file");
    writeFileSync(file, "not a directory");
    const { code, stderr } = await run("npm", ["start", "--silent"], {
      PORT: String(await freePort()),
      DPG_DATA_DIR: file,
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/error\[[A-Z_]+\][\s\S]*cause:[\s\S]*remedy:/)]);
  });
});

describe("dpg supergraph compose", () => {
  test("refuses schemas that do not compose, with place, reason and remedy, and exit code 1", async () => {
    const folder = scratch();
    const key = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;
    writeFileSync(
      join(folder, "a.graphql"),
      `${key}\ntype Query { a: T }\ntype T @key(fields: "id") { id: ID! x: Int }`,
    );
    writeFileSync(join(folder, "b.graphql"), `${key}\ntype T @key(fields: "id") { id: ID! x: String }`);
    const subgraph = (name: string) =>
      `  ${name}: { routing_url: "http://localhost:1", schema: { file: ${name}.graphql } }`;
    writeFileSync(join(folder, "supergraph.yaml"), `subgraphs:\n${subgraph("a")}\n${subgraph("b")}\n`);
    const { code, stdout, stderr } = await dpg([
      "supergraph",
      "compose",
      "--config",
      join(folder, "supergraph.yaml"),
    ]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/error\[FIELD_TYPE_MISMATCH\][\s\S]*T\.x[\s\S]*remedy:[\s\S]*COMPOSITION_FAILED/);
  });
});

function scratch(): string {
  return mkdtempSync(join(tmpdir(), "dpg-e2e-"));
}

function processes(): readonly { readonly pid: number; readonly parent: number; readonly command: string }[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,args="]).toString().split("\n");
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? "" }] : [];
  });
}

/** SIGKILL to the process of this mesh whose command line contains the text. */
function kill(mesh: Mesh, text: string): void {
  const all = processes();
  const family = new Set([mesh.npm.pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const found = all.find(({ pid, command }) => family.has(pid) && command.includes(text));
  if (!found) throw new Error(`no process ${text}`);
  process.kill(found.pid, "SIGKILL");
}

async function answering(mesh: Mesh): Promise<readonly number[]> {
  const ports = [0, 99, 100, 101, 102, 103].map((offset) => mesh.port + offset);
  const found = await Promise.all(
    ports.map((port) =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => [port],
        () => [],
      ),
    ),
  );
  return found.flat();
}
