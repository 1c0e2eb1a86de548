import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
  scalar JSON
  type Query { open: String secret: String @authenticated echo(value: JSON): JSON poison: JSON }
  type Mutation { write: String }`;
const resolvers = {
  Query: {
    open: () => "open",
    secret: () => "secret",
    echo: (_: unknown, { value }: { value: unknown }) => value,
    poison: () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  },
  Mutation: { write: () => "written" },
};

let issuer: TokenIssuer;
let mesh: SmallMesh;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  mesh = await startSmallMesh({ subgraphs: { a: { sdl: SDL, resolvers } }, issuers: [issuer] });
});
afterAll(async () => {
  await mesh.stop();
  await issuer.stop();
});
beforeEach(() => {
  mesh.calls.length = 0;
});

test("CVE-2024-32971: of one document with several operations, each request runs the one it names", async () => {
  const text = "query Open { open } query Secret { secret } mutation Write { write }";
  for (let time = 0; time < 3; time += 1) {
    for (const [operationName, data] of [
      ["Open", { open: "open" }],
      ["Secret", { secret: null }],
      ["Write", { write: "written" }],
    ] as const) {
      const answer = await mesh.ask(text, { operationName });
      expect(answer.data ?? { secret: null }).toEqual(data);
    }
  }
});

test("GHSA-8r69-3cvp-wxc3: what was answered to somebody is stored by nobody", async () => {
  for (const query of ["{ open }", "{ secret }", "{ open secret }"]) {
    const { headers } = await mesh.ask(query, { token: issuer.token({}) });
    expect(headers.get("cache-control")).toBe("private, no-store");
  }
});

describe("CVE-2026-32621: names that objects inherit", () => {
  const untouched = (): void => {
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  };

  test.each(["__proto__", "constructor", "prototype"])(
    "as an alias and as an operation's name: %s",
    async (name) => {
      await mesh.ask(`query ${name} { ${name}: open }`);
      const { data, errors } = await mesh.ask(`{ ${name}: echo(value: { polluted: 1 }) }`);
      expect(data).toBeUndefined();
      expect(errors[0]?.extensions.code).toBe("RESERVED_ALIAS");
      untouched();
    },
  );

  test.each(["__proto__", "constructor", "prototype"])(
    "as a variable and inside of one: %s",
    async (name) => {
      const body = `{"query":"query ($value: JSON, $${name}: JSON) { echo(value: $value) b: echo(value: $${name}) }",
      "variables":{"${name}":{"polluted":1},"value":{"${name}":{"polluted":1}}}}`;
      const response = await fetch(`${mesh.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      await response.text();
      untouched();
    },
  );

  test("in what a subgraph answers", async () => {
    for (let time = 0; time < 3; time += 1) await mesh.ask("{ poison open }");
    untouched();
  });
});

describe("GHSA-hff2-gcpx-8f4p, GHSA-9q82-xgwf-vj6h: requests that browsers send without asking first", () => {
  const TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
    "text/plain;charset=application/json",
    "multipart/form-data; application/json",
    "; application/json",
    "application/json, text/plain",
  ];

  test.each(TYPES)("are refused before anything runs, as POST: %s", async (type) => {
    const response = await fetch(`${mesh.url}/graphql`, {
      method: "POST",
      headers: { "content-type": type },
      body: JSON.stringify({ query: "mutation { write }" }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(mesh.calls).toEqual([]);
  });

  test.each([null, ...TYPES])("are refused before anything runs, as GET: %s", async (type) => {
    for (const query of ["{ open }", "mutation { write }"]) {
      const response = await fetch(`${mesh.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: type === null ? {} : { "content-type": type },
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
    }
    expect(mesh.calls).toEqual([]);
  });
});

test.each(["utf-7", "utf-16le", "iso-2022-jp", "utf-8-but-not"])(
  "CVE-2026-23897: charset %s is refused",
  async (charset) => {
    const response = await fetch(`${mesh.url}/graphql`, {
      method: "POST",
      headers: { "content-type": `application/json; charset=${charset}` },
      body: JSON.stringify({ query: "{ open }" }),
    });
    expect(response.status).toBe(415);
    expect(mesh.calls).toEqual([]);
  },
);
