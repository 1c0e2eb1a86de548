import { once } from "node:events";
import { connect } from "node:net";
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

test("CVE-2026-75507: of fields that conflict in pairs, ten conflicts are told and no more are looked for", async () => {
  const fields = Array.from({ length: 90 }, (_, n) => `... on Query { echo(value: ${n}) }`);
  const answer = await mesh.ask(`{ ${fields.join(" ")} }`);
  expect(answer.status).toBe(400);
  expect(answer.errors.length).toBeGreaterThanOrEqual(10);
  expect(answer.errors.length).toBeLessThanOrEqual(11);
  expect(JSON.stringify(answer.errors).length).toBeLessThan(8192);
  expect(mesh.calls).toEqual([]);
});

describe("GHSA-w42g-7vfc-xf37: a WebSocket does not lead around the rules", () => {
  const upgrade = (method: string, more = "") =>
    `${method} /graphql HTTP/1.1\r\nhost: gateway\r\nconnection: Upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n${more}\r\n`;

  /** All that comes back on a connection of its own. */
  async function exchange(sent: string): Promise<string> {
    const socket = connect(Number(new URL(mesh.url).port), "127.0.0.1");
    let received = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      received += text;
    });
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(sent);
    await once(socket, "close");
    return received;
  }

  test("nobody is upgraded", async () => {
    const received = await exchange(upgrade("GET"));
    expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(received).not.toMatch(/^upgrade:|^sec-websocket-accept:/im);
    expect(mesh.calls).toEqual([]);
  });

  test("a POST that asks for it is an ordinary request, under the ordinary rules", async () => {
    const body = JSON.stringify({ query: "{ open secret }" });
    const more = `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    const received = await exchange(upgrade("POST", more) + body);
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).toContain('"open":"open"');
    expect(received).toContain('"secret":null');
  });
});
