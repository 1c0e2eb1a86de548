import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lanesTaken } from "../integration/lanes/lanes-taken.ts";
import { startLimitedShop } from "../testkit/limited-shop.ts";
import type { SmallMesh } from "../testkit/small-mesh.ts";
import { createKey, TokenIssuer } from "../testkit/token-issuer.ts";

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

describe("86: tokens that are refused", () => {
  const KNOWN = "{ me { id } }";
  const wrong: readonly (readonly [string, () => string])[] = [
    ["a signature of another key", () => issuer.token({}, { key: createKey("key-1") })],
    ["an expired one", () => issuer.token({ exp: 1 })],
    ["one of an unknown issuer", () => issuer.token({ iss: "https://evil.example" })],
    ["one for another audience", () => issuer.token({ aud: "another" })],
    ["one of an unknown key", () => issuer.token({}, { header: { kid: "guessed" } })],
    ["no JWT", () => "guess"],
  ];
  let mesh: SmallMesh;
  beforeEach(async () => {
    mesh = await startLimitedShop(issuer, { identity: { requests: wrong.length, cost: null } });
    // From now on the hot lane knows the operation.
    await mesh.ask(KNOWN, { token: issuer.token({ sub: "first" }) });
  });
  afterEach(() => mesh.stop());

  test.each([
    ["hot", KNOWN],
    ["apollo", "{ me { id __typename } }"],
  ] as const)("are counted for the address, of every kind, in the lane %s", async (lane, query) => {
    const before = await lanesTaken(mesh.url);
    for (const [what, token] of wrong)
      expect((await mesh.ask(query, { token: token() })).status, what).toBe(401);
    for (const [what, token] of wrong) {
      const { status, headers, errors } = await mesh.ask(query, { token: token() });
      expect(status, what).toBe(429);
      expect(errors[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", maximum: wrong.length });
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(3000);
    }
    expect((await lanesTaken(mesh.url))[lane]).toBe(before[lane] + 2 * wrong.length);
  });

  test("are counted where operations are explained and the audit is searched, too", async () => {
    const statuses = [];
    for (const path of Array.from({ length: 5 }, () => ["explain", "audit/who"]).flat()) {
      const response = await fetch(`${mesh.url}/governance/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${issuer.token({ exp: 1 })}` },
        body: JSON.stringify({ query: KNOWN }),
      });
      statuses.push([response.status, response.headers.has("retry-after")]);
    }
    expect(statuses.slice(0, wrong.length)).toEqual(wrong.map(() => [401, false]));
    expect(statuses.slice(wrong.length)).toEqual(Array.from({ length: 4 }, () => [429, true]));
  });

  test("spend what callers without a token have at that address, and nothing of those with a good one", async () => {
    const good = issuer.token({ sub: "neighbour" });
    for (const _guess of wrong) await mesh.ask(KNOWN, { token: issuer.token({ exp: 1 }) });
    expect((await mesh.ask(KNOWN)).status).toBe(429);
    // One that was never seen, in either lane, and again.
    expect((await mesh.ask("{ me { id __typename } }", { token: good })).status).toBe(200);
    expect((await mesh.ask(KNOWN, { token: good })).status).toBe(200);
    expect((await mesh.ask(KNOWN, { token: issuer.token({ sub: "another" }) })).status).toBe(200);
  });

  test("cost one where only cost is limited", async () => {
    const priced = await startLimitedShop(issuer, { identity: { requests: null, cost: 2 } });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1)
      statuses.push((await priced.ask(KNOWN, { token: issuer.token({ exp: 1 }) })).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    await priced.stop();
  });

  test("cost nobody anything while the issuer's keys are away: that is no fault of whoever asks", async () => {
    const away = await TokenIssuer.start();
    away.answer = (_request, response) => response.writeHead(500).end();
    const waiting = await startLimitedShop(away, { identity: { requests: 2, cost: null } });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await waiting.ask(KNOWN, { token: away.token() })).status);
    expect(statuses).toEqual([503, 503, 503, 503]);
    expect((await waiting.ask(KNOWN)).status).toBe(200);
    await waiting.stop();
    await away.stop();
  });
});
