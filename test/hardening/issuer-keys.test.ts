import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { JwksSource } from "../../shared/jwks-source.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { createKey, type KeySetAnswer, TokenIssuer } from "../testkit/token-issuer.ts";

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
type Query { open: String members: String @authenticated slow: String @authenticated }`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const [first, second] = [createKey("first"), createKey("second")];

let issuer: TokenIssuer;
let mesh: SmallMesh;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  issuer = await TokenIssuer.start([first]);
  mesh = await startSmallMesh({
    subgraphs: { door: { sdl: SDL, resolvers: { Query: { open: () => "open", members, slow } } } },
    issuers: [issuer],
  });
});
afterEach(async () => {
  await mesh.stop();
  await issuer.stop();
  vi.useRealTimers();
});

const members = () => "members";
const slow = async () => {
  await pause(300);
  return "slow";
};

/** A token that outlives the clock's jumps. */
const longToken = (key = first) =>
  issuer.token({ exp: Math.floor(Date.now() / 1000) + 90 * 24 * 3600 }, { key });
const statusOf = async (token: string) => (await mesh.ask("{ members }", { token })).status;
const readiness = async () => (await fetch(`${mesh.url}/health/ready`)).status;

describe("9: keys that nobody knows", () => {
  test("a flood of 1,000 unknown key ids costs one fetch, and another one after 30 s", async () => {
    expect(await statusOf(longToken())).toBe(200);
    expect(issuer.fetches).toBe(1);
    const flood = async () => {
      const tokens = Array.from({ length: 1000 }, (_, n) =>
        issuer.token({}, { header: { kid: `guess-${n}-${Date.now()}` } }),
      );
      const statuses = await Promise.all(tokens.map(statusOf));
      expect(new Set(statuses)).toEqual(new Set([401]));
    };
    vi.advanceTimersByTime(31_000);
    await flood();
    expect(issuer.fetches).toBe(2);
    vi.advanceTimersByTime(29_000);
    await flood();
    expect(issuer.fetches).toBe(2);
    vi.advanceTimersByTime(2_000);
    await flood();
    expect(issuer.fetches).toBe(3);
    expect(await statusOf(longToken())).toBe(200);
  });

  test("failures count as well: a broken issuer is not asked more often", async () => {
    expect(await statusOf(longToken())).toBe(200);
    issuer.answer = (_request, response) => response.writeHead(500).end();
    vi.advanceTimersByTime(31_000);
    for (let n = 0; n < 20; n++)
      expect(await statusOf(issuer.token({}, { header: { kid: `k${n}` } }))).toBe(401);
    expect(issuer.fetches).toBe(2);
  });
});

describe("12: rotation", () => {
  test("with overlap refuses no valid token", async () => {
    const statuses: number[] = [];
    const phases = [[first], [first, second], [second, first], [second]];
    for (const [phase, published] of phases.entries()) {
      issuer.published = published;
      for (let n = 0; n < 8; n++) {
        const usable = phase < 2 ? [first] : [second];
        for (const key of usable) statuses.push(await statusOf(longToken(key)));
        vi.advanceTimersByTime(2 * MINUTE);
        await pause(5);
      }
    }
    expect(statuses.length).toBe(32);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test("a new key is found at once when a token brings it", async () => {
    expect(await statusOf(longToken())).toBe(200);
    vi.advanceTimersByTime(31_000);
    issuer.published = [first, second];
    expect(await statusOf(longToken(second))).toBe(200);
  });

  test("a removed key is refused within ten minutes, also for a token that is remembered", async () => {
    const token = longToken();
    expect(await statusOf(token)).toBe(200);
    issuer.published = [second];
    vi.advanceTimersByTime(10 * MINUTE + 1000);
    expect(await statusOf(token)).toBe(401);
    expect(await statusOf(longToken(second))).toBe(200);
  });

  test("a removed key is refused sooner where requests come all the time", async () => {
    const token = longToken();
    expect(await statusOf(token)).toBe(200);
    issuer.published = [second];
    vi.advanceTimersByTime(5 * MINUTE + 1000);
    await statusOf(token);
    await vi.waitFor(async () => expect(await statusOf(token)).toBe(401));
  });

  test("an unchanged key set keeps remembered tokens remembered", async () => {
    const token = longToken();
    expect(await statusOf(token)).toBe(200);
    vi.advanceTimersByTime(11 * MINUTE);
    expect(await statusOf(token)).toBe(200);
    expect(issuer.fetches).toBe(2);
  });
});

describe("13: an outage after the keys were fetched", () => {
  test("known keys verify for a day, and no longer", async () => {
    expect(await statusOf(longToken())).toBe(200);
    issuer.answer = (request) => request.socket.destroy();
    for (let hour = 0; hour < 24; hour++) {
      vi.advanceTimersByTime(HOUR - 1000);
      expect(await statusOf(longToken())).toBe(200);
      expect(await readiness()).toBe(200);
    }
    vi.advanceTimersByTime(HOUR);
    expect(await statusOf(longToken())).toBe(503);
    expect(await readiness()).toBe(503);
    issuer.answer = null;
    vi.advanceTimersByTime(1000);
    expect(await statusOf(longToken())).toBe(200);
  });
});

describe("14: an outage at a cold start", () => {
  test("is not ready and 503, and recovers unaided", async () => {
    issuer.answer = (_request, response) => response.writeHead(503).end();
    expect(await readiness()).toBe(503);
    const { status, headers, errors } = await mesh.ask("{ members }", { token: longToken() });
    expect([status, errors[0]?.extensions.code]).toEqual([503, "IDENTITY_PROVIDER_UNAVAILABLE"]);
    expect(headers.get("www-authenticate")).toBeNull();
    expect((await mesh.ask("{ open }")).data).toEqual({ open: "open" });
    issuer.answer = null;
    vi.advanceTimersByTime(1000);
    expect(await readiness()).toBe(200);
    expect(await statusOf(longToken())).toBe(200);
  });
});

describe("15: answers that are no key set", () => {
  const json = JSON.stringify;
  const answers: readonly (readonly [string, KeySetAnswer])[] = [
    ["500", (_request, response) => response.writeHead(500).end(json({ keys: [second.publicJwk] }))],
    ["HTML", (_request, response) => response.end("<html>maintenance</html>")],
    ["nothing", (_request, response) => response.end()],
    ["an empty list", (_request, response) => response.end('{"keys":[]}')],
    ["a list of nonsense", (_request, response) => response.end('{"keys":[1,null,"x",{}]}')],
    [
      "a secret key",
      (_request, response) => response.end('{"keys":[{"kty":"oct","k":"AAAA","kid":"first"}]}'),
    ],
    ["JSON of another kind", (_request, response) => response.end("[]")],
    ["half of it", (_request, response) => response.write('{"keys":[') && response.socket?.destroy()],
  ];
  test.each(answers)("%s: the old set is kept", async (_name, answer) => {
    expect(await statusOf(longToken())).toBe(200);
    issuer.answer = answer;
    vi.advanceTimersByTime(11 * MINUTE);
    expect(await statusOf(longToken())).toBe(200);
    expect(issuer.fetches).toBe(2);
    expect(mesh.logged.join("")).toContain("the issuer's keys could not be fetched");
  });

  test("a redirect is not followed", async () => {
    const other = await TokenIssuer.start([second]);
    expect(await statusOf(longToken())).toBe(200);
    issuer.answer = (_request, response) => response.writeHead(302, { location: other.jwksUrl }).end();
    vi.advanceTimersByTime(11 * MINUTE);
    expect(await statusOf(longToken())).toBe(200);
    expect(await statusOf(longToken(second))).toBe(401);
    expect(other.fetches).toBe(0);
    await other.stop();
  });

  test("50 MB: reading stops, memory stays", async () => {
    expect(await statusOf(longToken())).toBe(200);
    let sent = 0;
    issuer.answer = (_request, response) => {
      const chunk = Buffer.alloc(1_000_000, 32);
      const more = () => {
        while (sent < 50 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) return;
        }
        response.end();
      };
      response.on("drain", more);
      more();
    };
    vi.advanceTimersByTime(11 * MINUTE);
    expect(await statusOf(longToken())).toBe(200);
    expect(sent).toBeLessThan(20);
  });

  test("slow: requests that come meanwhile share one fetch, and the old set serves while it grows old", async () => {
    expect(await statusOf(longToken())).toBe(200);
    issuer.answer = (_request, response) => {
      setTimeout(() => response.end(json({ keys: [first.publicJwk] })), 3000);
    };
    vi.advanceTimersByTime(6 * MINUTE);
    const since = performance.now();
    const statuses = await Promise.all(Array.from({ length: 50 }, () => statusOf(longToken())));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(performance.now() - since).toBeLessThan(2900);
    expect([issuer.fetches, issuer.mostAtOnce]).toEqual([2, 1]);
  });
});

describe("20: a token that expires", () => {
  test("during an operation does not change the decision of that operation", async () => {
    const token = issuer.token({ exp: Math.floor(Date.now() / 1000) + 2 });
    const answer = mesh.ask("{ a: slow members }", { token });
    await pause(100);
    vi.advanceTimersByTime(MINUTE);
    const { status, data, errors } = await answer;
    expect({ status, data, errors }).toEqual({
      status: 200,
      data: { a: "slow", members: "members" },
      errors: [],
    });
    expect(await statusOf(token)).toBe(401);
  });
});

describe("the time a key set takes", () => {
  let endless: TokenIssuer;
  beforeAll(async () => {
    endless = await TokenIssuer.start([first]);
    endless.answer = (_request, response) => void response.write(" ");
  });
  afterAll(() => endless.stop());

  test("15: an answer that never ends is given up", async () => {
    const failures: string[] = [];
    const keys = new JwksSource({ url: endless.jwksUrl, onFailure: (reason) => failures.push(reason) });
    expect(await keys.forKey(null)).toBeNull();
    expect(failures).toHaveLength(1);
  }, 10_000);
});
