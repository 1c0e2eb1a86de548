import { createPublicKey } from "node:crypto";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { portOf } from "../testkit/gateway-identity.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { AUDIENCE, compact, createKey, hmacWith, TokenIssuer } from "../testkit/token-issuer.ts";

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes"])
type Query {
  open: String
  members: String @authenticated
  admins: String @requiresScopes(scopes: [["admin"]])
}`;
const resolvers = { Query: { open: () => "open", members: () => "members", admins: () => "admins" } };

const rsaKey = createKey("rsa", "RS256");
const ecKey = createKey("ec", "ES256");
const edKey = createKey("ed", "EdDSA");

let issuer: TokenIssuer;
let mesh: SmallMesh;

beforeAll(async () => {
  issuer = await TokenIssuer.start([rsaKey, ecKey, edKey]);
  mesh = await startSmallMesh({ subgraphs: { door: { sdl: SDL, resolvers } }, issuers: [issuer] });
});
afterAll(async () => {
  await mesh.stop();
  await issuer.stop();
});

/** The status and the code of an answer to a public query with this token. */
async function refusalOf(token: string) {
  const { status, errors, data } = await mesh.ask("{ open }", { token });
  return { status, code: errors[0]?.extensions.code, data };
}

const REFUSED = { status: 401, code: "UNAUTHENTICATED", data: undefined };
const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

describe("without a token", () => {
  test("1: a protected field is an UNAUTHENTICATED field error and is not fetched", async () => {
    mesh.calls.length = 0;
    const { status, data, errors } = await mesh.ask("{ open members admins }");
    expect(status).toBe(200);
    expect(data).toEqual({ open: "open", members: null, admins: null });
    expect(errors.map(({ path, extensions }) => [path, extensions.code, extensions.coordinate])).toEqual([
      [["members"], "UNAUTHENTICATED", "Query.members"],
      [["admins"], "UNAUTHENTICATED", "Query.admins"],
    ]);
    expect(mesh.calls).toHaveLength(1);
    expect(mesh.calls[0]?.query).not.toMatch(/members|admins/);
  });

  test("1: protected fields alone cause no call at all", async () => {
    mesh.calls.length = 0;
    const { data } = await mesh.ask("{ members }");
    expect(data).toBeNull();
    expect(mesh.calls).toEqual([]);
  });

  test("2: a public field is answered", async () => {
    const { status, data, errors } = await mesh.ask("{ open }");
    expect({ status, data, errors }).toEqual({ status: 200, data: { open: "open" }, errors: [] });
  });
});

describe("with a valid token", () => {
  test.each([rsaKey, ecKey, edKey])("each algorithm of the allow-list verifies: $algorithm", async (key) => {
    const { data, errors } = await mesh.ask("{ members }", { token: issuer.token({}, { key }) });
    expect({ data, errors }).toEqual({ data: { members: "members" }, errors: [] });
  });

  test("6: an audience list with one match is accepted", async () => {
    const { data } = await mesh.ask("{ members }", { token: issuer.token({ aud: ["other", AUDIENCE] }) });
    expect(data).toEqual({ members: "members" });
  });
});

describe("forged tokens", () => {
  const claims = () =>
    JSON.stringify({ iss: issuer.url, aud: AUDIENCE, sub: "ada", iat: seconds(0), exp: seconds(600) });

  test.each(["none", "None", "nOnE", "NONE", ""])('3: alg "%s" with an empty signature', async (alg) => {
    expect(await refusalOf(compact({ alg }, claims(), () => Buffer.alloc(0)))).toEqual(REFUSED);
    expect(await refusalOf(compact({ alg, kid: "rsa" }, claims(), () => Buffer.alloc(0)))).toEqual(REFUSED);
  });

  test("3: a signed token whose header then says none", async () => {
    const [, payload = "", signature = ""] = issuer.token().split(".");
    const header = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(await refusalOf(`${header}.${payload}.${signature}`)).toEqual(REFUSED);
  });

  test.each(["pem", "der", "jwk"] as const)(
    "4: HS256 with the RSA public key (%s) as secret",
    async (form) => {
      const publicKey = createPublicKey(rsaKey.privateKey);
      const secret = {
        pem: () => publicKey.export({ type: "spki", format: "pem" }),
        der: () => publicKey.export({ type: "spki", format: "der" }),
        jwk: () => JSON.stringify(publicKey.export({ format: "jwk" })),
      }[form]();
      const token = compact({ alg: "HS256", kid: "rsa" }, claims(), hmacWith(secret));
      expect(await refusalOf(token)).toEqual(REFUSED);
    },
  );

  describe("5: keys that the token itself brings", () => {
    const stranger = createKey("stranger", "ES256");
    let trap: Server;
    let visits = 0;
    beforeAll(async () => {
      trap = createServer((_request, response) => {
        visits += 1;
        response.end(JSON.stringify({ keys: [stranger.publicJwk] }));
      });
      await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
    });
    afterAll(() => trap.close());

    test.each(["jwk", "jku", "x5u", "x5c", "jku as kid"])("%s", async (kind) => {
      const url = `http://127.0.0.1:${portOf(trap.address())}/jwks.json`;
      const header = {
        jwk: { jwk: stranger.publicJwk, kid: undefined },
        jku: { jku: url, kid: "stranger" },
        x5u: { x5u: url, kid: "stranger" },
        x5c: { x5c: ["MIIB"], kid: "ec" },
        "jku as kid": { kid: url },
      }[kind];
      const token = issuer.token({}, { key: stranger, header: { ...header } });
      expect(await refusalOf(token)).toEqual(REFUSED);
      expect(visits).toBe(0);
    });
  });

  test("5: a stranger's signature under a known key id", async () => {
    const stranger = createKey("ec", "ES256");
    expect(await refusalOf(issuer.token({}, { key: stranger }))).toEqual(REFUSED);
  });

  test("a payload changed after it was signed", async () => {
    const [header, , signature] = issuer.token().split(".");
    const payload = Buffer.from(claims().replace("ada", "eve")).toString("base64url");
    expect(await refusalOf(`${header}.${payload}.${signature}`)).toEqual(REFUSED);
  });
});

describe("tokens whose claims are not accepted", () => {
  const now = seconds(0);
  test.each<[string, Record<string, unknown>]>([
    ["6: another issuer", { iss: "https://elsewhere.example" }],
    ["6: no issuer", { iss: undefined }],
    ["6: an issuer with a slash more", { iss: "http://127.0.0.1/" }],
    ["6: another audience", { aud: "another-api" }],
    ["6: no audience", { aud: undefined }],
    ["6: an empty audience list", { aud: [] }],
    ["6: an audience list without a match", { aud: ["a", "b"] }],
    ["7: no expiry", { exp: undefined }],
    ["7: an expiry as text", { exp: String(now + 600) }],
    ["7: an expiry of null, which is how NaN is written", { exp: null }],
    ["7: expired beyond leeway", { exp: now - 60 }],
    ["7: not valid yet", { nbf: now + 600 }],
    ["7: a start that is text", { nbf: "now" }],
    ["8: no subject", { sub: undefined }],
    ["8: an empty subject", { sub: "" }],
    ["8: an object as subject", { sub: { name: "ada" } }],
    ["8: a number as subject", { sub: 7 }],
  ])("%s", async (_name, claims) => {
    expect(await refusalOf(issuer.token(claims))).toEqual(REFUSED);
  });

  test("7: an expiry of 1e400, which reads as infinity", async () => {
    const payload = JSON.stringify({ iss: issuer.url, aud: AUDIENCE, sub: "ada", exp: 1 });
    expect(await refusalOf(issuer.tokenOf(payload.replace('"exp":1', '"exp":1e400')))).toEqual(REFUSED);
    expect(await refusalOf(issuer.tokenOf(payload.replace('"exp":1', '"exp":NaN')))).toEqual(REFUSED);
  });

  test("7: expired within leeway is accepted", async () => {
    const { status } = await mesh.ask("{ members }", { token: issuer.token({ exp: seconds(-2) }) });
    expect(status).toBe(200);
  });

  test.each(["[]", "null", "7", '"ada"', "{", ""])("8: a payload of %s", async (payload) => {
    expect(await refusalOf(issuer.tokenOf(payload))).toEqual(REFUSED);
  });

  test.each<[string, Record<string, unknown>]>([
    ["8: an unknown critical header", { crit: ["governance"], governance: true }],
    ["8: a critical b64", { crit: ["b64"], b64: false }],
    ["8: a critical list that is no list", { crit: "exp" }],
    ["8: an empty critical list", { crit: [] }],
    ["8: a logout token", { typ: "logout+jwt" }],
    ["8: a token of this gateway's own kind", { typ: "dpg-identity+jwt" }],
    ["8: a type that is no text", { typ: 7 }],
  ])("%s", async (_name, header) => {
    expect(await refusalOf(issuer.token({}, { header }))).toEqual(REFUSED);
  });

  test.each(["JWT", "at+jwt", "application/at+jwt"])("8: the type %s is accepted", async (typ) => {
    const { status } = await mesh.ask("{ members }", { token: issuer.token({}, { header: { typ } }) });
    expect(status).toBe(200);
  });
});

describe("keys that are not for this token", () => {
  async function answersWith(
    keys: readonly ReturnType<typeof createKey>[],
    token: (i: TokenIssuer) => string,
  ) {
    const other = await TokenIssuer.start(keys);
    const door = await startSmallMesh({ subgraphs: { door: { sdl: SDL, resolvers } }, issuers: [other] });
    const { status } = await door.ask("{ members }", { token: token(other) });
    await door.stop();
    await other.stop();
    return status;
  }

  test("10: the same key id in two issuers means each issuer's own key", async () => {
    const [first, second] = [createKey("shared"), createKey("shared")];
    const [one, two] = [await TokenIssuer.start([first]), await TokenIssuer.start([second])];
    const door = await startSmallMesh({ subgraphs: { door: { sdl: SDL, resolvers } }, issuers: [one, two] });
    const statusOf = async (token: string) => (await door.ask("{ members }", { token })).status;
    expect(await statusOf(one.token())).toBe(200);
    expect(await statusOf(two.token())).toBe(200);
    expect(await statusOf(one.token({}, { key: second }))).toBe(401);
    expect(await statusOf(one.token({ iss: two.url }))).toBe(401);
    await door.stop();
    await Promise.all([one.stop(), two.stop()]);
  });

  test("10: a key id that stands for two keys is refused", async () => {
    const twins = [createKey("twin"), createKey("twin")];
    expect(await answersWith(twins, (other) => other.token())).toBe(401);
  });

  test("10: no key id with several keys is refused, with one key it verifies", async () => {
    const noKeyId = { header: { kid: undefined } };
    const [one, two] = [createKey("one"), createKey("two")];
    expect(await answersWith([one, two], (other) => other.token({}, noKeyId))).toBe(401);
    expect(await answersWith([one], (other) => other.token({}, noKeyId))).toBe(200);
  });

  test.each<[string, Record<string, unknown>]>([
    ["an encryption key", { use: "enc" }],
    ["a key for other operations", { key_ops: ["encrypt"] }],
    ["a key for another algorithm", { alg: "ES384" }],
  ])("11: %s verifies nothing", async (_name, about) => {
    expect(await answersWith([createKey("key", "ES256", about)], (other) => other.token())).toBe(401);
  });

  test("11: an algorithm that is off the list", async () => {
    const other = await TokenIssuer.start([createKey("rsa", "RS256"), createKey("ed", "EdDSA")]);
    const door = await startSmallMesh({
      subgraphs: { door: { sdl: SDL, resolvers } },
      issuers: [other],
      config: (usual) => ({
        ...usual,
        auth: {
          ...usual.auth,
          issuers: usual.auth.issuers.map((item) => ({ ...item, algorithms: ["EdDSA"] })),
        },
      }),
    });
    const [rsa, ed] = other.published;
    expect((await door.ask("{ open }", { token: other.token({}, { key: rsa }) })).status).toBe(401);
    expect((await door.ask("{ open }", { token: other.token({}, { key: ed }) })).status).toBe(200);
    await door.stop();
    await other.stop();
  });

  test("11: a key set that publishes its private key verifies nothing", async () => {
    const key = createKey("leaked");
    const leaked = { ...key, publicJwk: { ...key.privateKey.export({ format: "jwk" }), kid: "leaked" } };
    expect(await answersWith([leaked], (other) => other.token())).toBe(503);
  });
});

describe("16: headers that are not one bearer token", () => {
  /** The raw bytes of a request with these header lines; the status of the answer. */
  async function statusOf(...lines: readonly string[]): Promise<number> {
    const { port } = new URL(mesh.url);
    const body = JSON.stringify({ query: "{ open }" });
    const head = [
      "POST /graphql HTTP/1.1",
      "Host: gateway",
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Connection: close",
      ...lines,
    ];
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]);
  }

  test("two Authorization headers are 400, whichever of them is valid", async () => {
    const valid = `Authorization: Bearer ${issuer.token()}`;
    expect(await statusOf(valid)).toBe(200);
    expect(await statusOf(valid, valid)).toBe(400);
    expect(await statusOf(valid, "authorization: Bearer a.b.c")).toBe(400);
    expect(await statusOf("AUTHORIZATION: Basic YTpi", valid)).toBe(400);
  });

  test.each([
    ["two tokens in one header", (token: string) => `Bearer ${token}, Bearer ${token}`],
    ["two spaces", (token: string) => `Bearer  ${token}`],
    ["a tab", (token: string) => `Bearer\t${token}`],
    ["something after the token", (token: string) => `Bearer ${token} x`],
    ["a no-break space after the token", (token: string) => `Bearer ${token}\u00a0`],
    ["another scheme", (token: string) => `Basic ${token}`],
    ["no scheme", (token: string) => token],
    ["the scheme alone", () => "Bearer"],
    ["nothing", () => ""],
    ["padding", (token: string) => `Bearer ${token}=`],
    ["an encrypted token of five parts", () => "Bearer a.b.c.d.e"],
  ])("%s is 401", async (_name, header) => {
    expect(await statusOf(`Authorization: ${header(issuer.token())}`)).toBe(401);
  });

  test.each(["\0", "\x01", "\x7f"])("a control character is 400 or 401", async (character) => {
    expect([400, 401]).toContain(await statusOf(`Authorization: Bearer ${issuer.token()}${character}`));
  });
});

describe("17: sizes", () => {
  test("a token of 64 KB is refused before any cryptography", async () => {
    const token = issuer.token({ note: "x".repeat(64_000) });
    const response = await fetch(`${mesh.url}/graphql?query={open}`, {
      headers: { authorization: `Bearer ${token}`, "apollo-require-preflight": "1" },
    }).catch(() => null);
    expect([401, 431]).toContain(response?.status ?? 431);
  });

  test("a scope claim of thousands of entries grants nothing", async () => {
    const list = Array.from({ length: 2000 }, () => "a");
    expect(await refusalOf(issuer.token({ scope: [...list, "admin"] }))).toEqual(REFUSED);
    expect(await refusalOf(issuer.token({ scope: list.join(" ") }))).toEqual(REFUSED);
  });
});

describe("18: scopes match exactly", () => {
  test.each<[string, unknown, boolean]>([
    ["the scope", "admin", true],
    ["the scope among others", "read admin write", true],
    ["the scope in a list", ["admin"], true],
    ["upper case", "ADMIN", false],
    ["a longer name", "admin.x", false],
    ["a shorter name", "adm", false],
    ["a trailing space in a list", ["admin "], false],
    ["a tab in place of a space", "read\tadmin", false],
    ["a line break in place of a space", "read\nadmin", false],
    ["a list in a list", [["admin"]], false],
    ["an object", { admin: true }, false],
    ["a text in a list, with spaces", ["read admin"], false],
    ["a zero-width space", "admin\u200b", false],
  ])("%s", async (_name, scope, grants) => {
    const { data } = await mesh.ask("{ open admins }", { token: issuer.token({ scope }) });
    expect(data).toEqual({ open: "open", admins: grants ? "admins" : null });
  });

  test.each(["scp", "scopes", "permissions"])(
    "the claim %s counts where there is no scope",
    async (claim) => {
      const { data } = await mesh.ask("{ admins }", { token: issuer.token({ [claim]: ["admin"] }) });
      expect(data).toEqual({ admins: "admins" });
      const both = issuer.token({ [claim]: ["admin"], scope: "" });
      expect((await mesh.ask("{ admins }", { token: both })).data).toBeNull();
    },
  );
});

describe("19: an invalid token on a public operation", () => {
  test("is 401 with a challenge, never a downgrade to anonymous", async () => {
    mesh.calls.length = 0;
    const { status, headers, data, errors } = await mesh.ask("{ open }", { token: issuer.token({ exp: 1 }) });
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toBe("Bearer");
    expect(data).toBeUndefined();
    expect(errors[0]?.message).toBe("The token is expired.");
    expect(mesh.calls).toEqual([]);
  });

  test("says nothing of the token in the answer or in the log", async () => {
    const token = issuer.token({ sub: "canary-subject", exp: 1 });
    const { text } = await mesh.ask("{ open }", { token });
    for (const place of [text, mesh.logged.join("")]) {
      expect(place).not.toContain("canary-subject");
      expect(place).not.toContain(token.split(".")[2]);
    }
  });
});
