import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SmallMesh, type SubgraphContext, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const PEOPLE = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask"])
type Query { me: Person }
type Person @key(fields: "id") { id: ID! secret: String @authenticated email: String @mask(strategy: EMAIL, unlessScopes: ["pii"]) }`;
const DESK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { unused: String }
type Person @key(fields: "id") { id: ID! note: String }`;

/** Subgraphs that answer with what only the caller may see. */
const subgraphs = {
  people: {
    sdl: PEOPLE,
    resolvers: { Query: { me: (_: unknown, __: unknown, context: SubgraphContext) => me(context) } },
  },
  desk: {
    sdl: DESK,
    resolvers: {
      Person: {
        __resolveReference: ({ id }: { id: string }, context: SubgraphContext) => ({
          id,
          note: `note for ${subject(context)}`,
        }),
      },
    },
  },
};

function subject({ headers }: SubgraphContext): string {
  return decodeJwt((headers.authorization ?? "").replace("Bearer ", "")).sub ?? "anonymous";
}

function me(context: SubgraphContext) {
  const sub = subject(context);
  return { id: "1", secret: `secret of ${sub}`, email: `${sub}@example.com` };
}

/** All of it runs in one process here. */
const limits = { timeoutMs: 30_000, retries: 0, maxResponseBytes: 1_000_000 };
const PATIENT = { people: limits, desk: limits };

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

describe.each([
  { executor: "compiled", sharing: "off", hotLane: true },
  { executor: "compiled", sharing: "subgraph", hotLane: true },
  { executor: "compiled", sharing: "request", hotLane: false },
  { executor: "apollo", sharing: "request", hotLane: true },
] as const)(
  "48, 49, 51, 52: many callers at once ($executor, sharing $sharing, hot lane $hotLane)",
  (settings) => {
    let mesh: SmallMesh;
    beforeAll(async () => {
      mesh = await startSmallMesh({
        subgraphs,
        issuers: [issuer],
        config: (usual) => ({
          ...usual,
          ...settings,
          subgraphs: PATIENT,
          overload: { ...usual.overload, backlogMs: 60_000, loopDelayMs: 60_000 },
        }),
      });
    });
    afterAll(() => mesh.stop());

    const QUERY = "{ me { secret email note } }";

    test("200 identities with the same query at once each get their own answer, and no other's", async () => {
      const callers = Array.from({ length: 200 }, (_, n) => {
        const canary = `canary${String(n).padStart(3, "0")}`;
        const isTrusted = n % 3 === 0;
        const claims = isTrusted ? { sub: canary, scope: "pii" } : { sub: canary };
        return { canary, isTrusted, token: issuer.token(claims) };
      });
      for (let round = 0; round < 3; round++) {
        const answers = await Promise.all(callers.map(({ token }) => mesh.ask(QUERY, { token })));
        for (const [index, { canary, isTrusted }] of callers.entries()) {
          const answer = answers[index];
          expect(answer?.data.me).toEqual({
            secret: `secret of ${canary}`,
            email: isTrusted ? `${canary}@example.com` : "***@example.com",
            note: `note for ${canary}`,
          });
          const headers = JSON.stringify([...(answer?.headers ?? [])]);
          for (const place of [answer?.text ?? "", headers])
            expect(place.replaceAll(canary, "")).not.toMatch(/canary\d/);
        }
      }
      expect(mesh.logged.join("")).not.toMatch(/canary\d/);
    });

    test("a caller without a token gets neither what was primed for another nor its plan", async () => {
      await mesh.ask(QUERY, { token: issuer.token({ sub: "canary999", scope: "pii" }) });
      const { data, text } = await mesh.ask(QUERY);
      expect(data.me).toEqual({ secret: null, email: "***@example.com", note: "note for anonymous" });
      expect(text).not.toContain("canary");
    });

    test("the purpose is part of the identity", async () => {
      const token = issuer.token({ sub: "ada", purpose: ["support", "analytics"] });
      mesh.calls.length = 0;
      await Promise.all(
        ["support", "analytics", "support"].map((purpose) =>
          mesh.ask("{ me { note } }", { token, headers: { "x-purpose": purpose } }),
        ),
      );
      const purposes = mesh.calls
        .filter(({ subgraph }) => subgraph === "people")
        .map(({ headers }) => decodeJwt((headers.authorization ?? "").slice(7)).purpose);
      expect(new Set(purposes)).toEqual(new Set(["support", "analytics"]));
    });
  },
);

describe("60: identity that the client sends along", () => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await startSmallMesh({ subgraphs, issuers: [issuer] });
  });
  afterAll(() => mesh.stop());

  const FORGED = {
    "x-user": "root",
    "x-user-id": "root",
    "x-scopes": "pii admin",
    "x-forwarded-for": "10.0.0.1",
    "x-forwarded-user": "root",
    "x-dpg-identity": "root",
    "x-dpg-subject": "root",
    "x-request-signature": "root",
    signature: "sig1=:cm9vdA==:",
    "signature-input": "sig1=()",
    "x-region": "EMEA",
    cookie: "session=root",
    "proxy-authorization": "Basic cm9vdDpyb290",
    tracestate: "root=1",
    baggage: "user=root",
  };

  test.each(["anonymous", "identified"])("none of an %s caller reaches a subgraph", async (kind) => {
    mesh.calls.length = 0;
    const token = kind === "identified" ? { token: issuer.token() } : {};
    await mesh.ask("{ me { id note } }", { ...token, headers: FORGED });
    expect(mesh.calls).toHaveLength(2);
    for (const { headers } of mesh.calls) {
      expect(Object.keys(headers).sort()).toEqual([
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "x-request-id",
      ]);
      expect(JSON.stringify(headers)).not.toMatch(/root|EMEA|10\.0\.0\.1/);
      const { sub, anonymous, scopes } = decodeJwt((headers.authorization ?? "").slice(7));
      expect({ sub, anonymous, scopes }).toEqual(
        kind === "identified" ? { sub: "ada", scopes: [] } : { anonymous: true, scopes: [] },
      );
    }
  });

  test("the token of the client itself does not travel", async () => {
    mesh.calls.length = 0;
    const token = issuer.token();
    await mesh.ask("{ me { id } }", { token });
    expect(JSON.stringify(mesh.calls)).not.toContain(token.split(".")[2]);
  });

  test("an identity token that a subgraph received is no token for the gateway", async () => {
    mesh.calls.length = 0;
    await mesh.ask("{ me { id } }", { token: issuer.token({ scope: "pii" }) });
    const replayed = mesh.calls[0]?.headers.authorization ?? "";
    expect(replayed).toMatch(/^Bearer /);
    const { status } = await mesh.ask("{ me { id } }", { headers: { authorization: replayed } });
    expect(status).toBe(401);
  });

  test("50: answers are private and not stored, refused ones as well", async () => {
    for (const token of [issuer.token(), issuer.token({ exp: 1 })]) {
      const { headers } = await mesh.ask("{ me { secret } }", { token });
      expect(headers.get("cache-control")).toBe("private, no-store");
    }
  });
});
