import { createSecretKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import { decodeJwt, decodeProtectedHeader, exportJWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createIdentitySigner, createIdentityVerifier } from "../../../shared/identity-token.ts";
import { ANONYMOUS, type Principal } from "../../../shared/principal.ts";
import { type GatewayIdentity, portOf, startGatewayIdentity } from "../../testkit/gateway-identity.ts";

const ada: Principal = {
  kind: "authenticated",
  subject: "ada",
  issuer: "https://issuer.test",
  scopes: new Set(["customer:pii", "order:read"]),
  purposes: { kind: "none" },
  claims: { region: ["EMEA", "APAC"], team: "support", secret: "not for subgraphs" },
  expiresAt: 4_000_000_000,
};

describe("the gateway's side", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const request = {
    audience: "order",
    principal: ada,
    purpose: "support",
    rowClaims: ["region", "team", "none"],
  };
  afterEach(() => {
    vi.useRealTimers();
  });

  it("says who calls, why, and only the claims that row filters read", async () => {
    const token = await createIdentitySigner({ privateKey, keyId: "k1" }).sign(request);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", kid: "k1", typ: "dpg-identity+jwt" });
    const { iat = 0, ...payload } = decodeJwt(token);
    expect(payload).toEqual({
      iss: "data-product-gateway",
      aud: "order",
      sub: "ada",
      scopes: ["customer:pii", "order:read"],
      purpose: "support",
      claims: { region: ["EMEA", "APAC"], team: ["support"], none: [] },
      exp: iat + 60,
    });
  });

  it("says of an anonymous caller that it is one", async () => {
    const signer = createIdentitySigner({ privateKey, keyId: "k1" });
    const payload = decodeJwt(await signer.sign({ ...request, principal: ANONYMOUS, purpose: null }));
    expect(payload).toMatchObject({ anonymous: true, scopes: [], purpose: null, claims: { region: [] } });
    expect(payload).not.toHaveProperty("sub");
  });

  it("shares a token between equal requests of one principal and of no other", async () => {
    const signer = createIdentitySigner({ privateKey, keyId: "k1" });
    const token = await signer.sign(request);
    expect(await signer.sign({ ...request })).toBe(token);
    const others = [
      { ...request, audience: "customer" },
      { ...request, purpose: null },
      { ...request, rowClaims: ["region"] },
      { ...request, principal: { ...ada, subject: "bob" } },
    ];
    for (const other of others) expect(await signer.sign(other)).not.toBe(token);
  });

  it("hands out no token with less than 30 seconds to live", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const signer = createIdentitySigner({ privateKey, keyId: "k1" });
    const token = await signer.sign(request);
    vi.advanceTimersByTime(29_000);
    expect(await signer.sign(request)).toBe(token);
    vi.advanceTimersByTime(2_000);
    expect(await signer.sign(request)).not.toBe(token);
  });

  it("publishes the public key only", async () => {
    const { keys } = await createIdentitySigner({ privateKey, keyId: "k1" }).publicJwks();
    const { x } = await exportJWK(privateKey);
    expect(keys).toEqual([{ kty: "OKP", crv: "Ed25519", x, kid: "k1", alg: "EdDSA", use: "sig" }]);
  });
});

describe("the subgraph's side", () => {
  let gateway: GatewayIdentity;
  beforeAll(async () => {
    gateway = await startGatewayIdentity();
  });
  afterAll(() => gateway.stop());
  afterEach(() => {
    vi.useRealTimers();
  });

  const verify = (token: string) =>
    createIdentityVerifier({ jwksUrl: gateway.jwksUrl, audience: "order" }).verify(token);

  const sign = (
    changes: Readonly<Record<string, unknown>>,
    header: Record<string, string> = {},
    key?: KeyObject,
  ) => {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: "data-product-gateway",
      aud: "order",
      sub: "ada",
      scopes: [],
      purpose: null,
      claims: {},
      iat: now,
      exp: now + 60,
      ...changes,
    };
    const stated = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
    return new SignJWT(stated)
      .setProtectedHeader({ alg: "EdDSA", kid: "test-key", typ: "dpg-identity+jwt", ...header })
      .sign(key ?? gateway.privateKey);
  };

  it("reads back what the gateway signed", async () => {
    const token = await gateway.signer.sign({
      audience: "order",
      principal: ada,
      purpose: "support",
      rowClaims: ["region"],
    });
    expect(await verify(token)).toEqual({
      subject: "ada",
      scopes: new Set(["customer:pii", "order:read"]),
      purpose: "support",
      claims: { region: ["EMEA", "APAC"] },
      expiresAt: decodeJwt(token).exp,
    });
  });

  it("has no subject for an anonymous caller", async () => {
    expect(await verify(await gateway.tokenFor("order"))).toMatchObject({ subject: null, scopes: new Set() });
  });

  const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;
  const stranger = generateKeyPairSync("ed25519").privateKey;
  const refused: readonly (readonly [string, () => Promise<string> | string])[] = [
    ["another subgraph's token", () => sign({ aud: "customer" })],
    ["a token without audience", () => sign({ aud: undefined })],
    ["a token of another issuer", () => sign({ iss: "somebody" })],
    ["an expired token", () => sign({ iat: seconds(-120), exp: seconds(-60) })],
    ["a token without expiry", () => sign({ exp: undefined })],
    [
      "a token that lives longer than identity tokens do",
      () => sign({ iat: seconds(-90), exp: seconds(3600) }),
    ],
    ["a token without issue time", () => sign({ iat: undefined })],
    ["a token issued in the future", () => sign({ iat: seconds(300), exp: seconds(360) })],
    ["a token of another type", () => sign({}, { typ: "JWT" })],
    ["a key of the same name that is not the gateway's", () => sign({}, {}, stranger)],
    ["an unknown key", () => sign({}, { kid: "other" })],
    ["an embedded key", async () => sign({}, { jwk: JSON.stringify(await exportJWK(stranger)) }, stranger)],
    ["neither a subject nor anonymous", () => sign({ sub: undefined })],
    ["a subject that is anonymous", () => sign({ anonymous: true })],
    ["scopes that are no list", () => sign({ scopes: "admin" })],
    ["claims that are no lists", () => sign({ claims: { region: "EMEA" } })],
    ["an unsigned token", () => new UnsecuredJWT({ sub: "ada" }).setAudience("order").encode()],
    ["a token signed with the public key as a shared secret", () => signWithPublicKey(gateway.privateKey)],
    ["text that is no token", () => "a.b.c"],
  ];
  it.each(refused)("refuses %s", async (_name, make) => {
    await expect(verify(await make())).rejects.toMatchObject({ code: "SUBGRAPH_IDENTITY_REQUIRED" });
  });

  it("refuses a token it accepted before once that has expired", async () => {
    const verifier = createIdentityVerifier({ jwksUrl: gateway.jwksUrl, audience: "order" });
    const token = await sign({});
    await verifier.verify(token);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 70_000 });
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: "SUBGRAPH_IDENTITY_REQUIRED" });
  });

  it("fetches the key set once, and for unknown keys at most once in 30 seconds", async () => {
    const verifier = createIdentityVerifier({ jwksUrl: gateway.jwksUrl, audience: "order" });
    const before = gateway.fetches();
    await Promise.all([verifier.verify(await sign({})), verifier.verify(await sign({ sub: "bob" }))]);
    expect(gateway.fetches() - before).toBe(1);
    const attempts = Array.from({ length: 50 }, async (_, index) =>
      verifier.verify(await sign({}, { kid: `guess-${index}` })),
    );
    await Promise.allSettled(attempts);
    expect(gateway.fetches() - before).toBe(1);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    await Promise.allSettled(
      attempts.map(async (_, index) => verifier.verify(await sign({}, { kid: `${index}` }))),
    );
    expect(gateway.fetches() - before).toBe(2);
  });
});

describe("while the gateway's keys cannot be had", () => {
  let down: { readonly server: Server; readonly url: string; answer: string | null };
  beforeAll(async () => {
    const server = createServer((_request, response) => {
      if (down.answer === null) response.writeHead(500).end();
      else response.end(down.answer);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    down = { server, url: `http://127.0.0.1:${portOf(server.address())}/jwks.json`, answer: null };
  });
  afterAll(() => {
    down.server.close();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("says so as long as none came yet, then recovers, then outlives an outage", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { privateKey } = generateKeyPairSync("ed25519");
    const signer = createIdentitySigner({ privateKey, keyId: "k1" });
    const sign = () => signer.sign({ audience: "order", principal: ANONYMOUS, purpose: null, rowClaims: [] });
    const verifier = createIdentityVerifier({ jwksUrl: down.url, audience: "order" });
    for (const answer of [
      null,
      "<html>",
      '{"keys":[]}',
      '{"keys":[{"kty":"RSA","kid":"k1"}]}',
      "x".repeat(100_000),
    ]) {
      down.answer = answer;
      vi.advanceTimersByTime(1_000);
      await expect(verifier.verify(await sign())).rejects.toMatchObject({
        code: "IDENTITY_PROVIDER_UNAVAILABLE",
      });
    }
    down.answer = JSON.stringify(await signer.publicJwks());
    vi.advanceTimersByTime(1_000);
    expect(await verifier.verify(await sign())).toMatchObject({ subject: null });
    down.answer = null;
    vi.advanceTimersByTime(600_000);
    expect(await verifier.verify(await sign())).toMatchObject({ subject: null });
    // A key that was withdrawn goes, once its set is old and the address answers again.
    down.answer = JSON.stringify({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "k2", x: "A".repeat(43) }] });
    vi.advanceTimersByTime(600_000);
    await vi.waitFor(async () => {
      vi.advanceTimersByTime(60_000);
      await expect(verifier.verify(await sign())).rejects.toMatchObject({
        code: "SUBGRAPH_IDENTITY_REQUIRED",
      });
    });
  });
});

async function signWithPublicKey(privateKey: KeyObject): Promise<string> {
  const { x = "" } = await exportJWK(privateKey);
  return new SignJWT({ sub: "ada", scopes: [], purpose: null, claims: {} })
    .setProtectedHeader({ alg: "HS256", kid: "test-key", typ: "dpg-identity+jwt" })
    .setIssuer("data-product-gateway")
    .setAudience("order")
    .setIssuedAt()
    .setExpirationTime("1m")
    .sign(createSecretKey(Buffer.from(x, "base64url")));
}
