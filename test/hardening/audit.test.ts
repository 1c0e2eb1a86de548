import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { AuditBody } from "../../gateway/audit/audit-body.ts";
import { openFileArchive } from "../../gateway/audit/file-audit-store.ts";
import { verifyAudit } from "../../gateway/audit/verify-audit.ts";
import type { Config } from "../../gateway/config.ts";
import { PEOPLE_AND_NOTES as subgraphs } from "../testkit/audited-people.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

let issuer: TokenIssuer;
let folder: string;
let mesh: SmallMesh | null = null;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dpg-audit-"));
});
afterEach(async () => {
  await mesh?.stop();
  mesh = null;
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => issuer.stop());

async function start(change: Partial<Config> = {}): Promise<SmallMesh> {
  mesh = await startSmallMesh({
    subgraphs,
    issuers: [issuer],
    config: (usual) => ({
      ...usual,
      audit: { databaseUrl: null, directory: folder, timeoutMs: 1000 },
      ...change,
    }),
  });
  return mesh;
}

/** The text of all chains in the folder, as it lies there. */
function written(): string {
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("");
}

function bodies(): readonly AuditBody[] {
  return written()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line.replace(/^\d+ \S+ /, "")));
}

/** The records, once there are at least so many: what need not be durable is written a moment later. */
function recorded(count: number) {
  return vi.waitFor(() => {
    const found = deliveries();
    expect(found.length).toBeGreaterThanOrEqual(count);
    return found;
  });
}

function deliveries() {
  return bodies().flatMap((body) => (body.kind === "delivery" ? [body] : []));
}

const EU = { region: ["EU"] };

describe.each(["compiled", "apollo"] as const)("what is recorded (%s executor)", (executor) => {
  test("each delivery of a restricted field: who, from where, why, what, how, how many, of whom", async () => {
    const { ask } = await start({ executor });
    const token = issuer.token({ sub: "eve", scope: "finance", purpose: "support", ...EU });
    const headers = {
      "apollographql-client-name": "shop",
      "apollographql-client-version": "1.2",
      "x-request-id": "request-0001",
    };
    await ask("query Pay { people { email salary note } }", { token, headers });
    const common = {
      kind: "delivery",
      requestId: "request-0001",
      subject: "eve",
      issuer: issuer.url,
      client: "shop",
      clientVersion: "1.2",
      purpose: "support",
      operation: "Pay",
      operationKind: "query",
      operationHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      product: "hr.people",
      classification: "RESTRICTED",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      isComplete: true,
    };
    expect(deliveries()).toEqual([
      {
        ...common,
        coordinate: "Person.email",
        decision: "mask",
        mask: "EMAIL",
        rule: "@mask on Person.email: EMAIL unless pii",
        count: 1,
        entities: ["P1"],
      },
      {
        ...common,
        coordinate: "Person.salary",
        decision: "allow",
        mask: null,
        rule: "met: @requiresScopes on Person.salary: needs finance",
        count: 2,
        entities: ["P1", "P2"],
      },
    ]);
  });

  test("117: neither values, clear or masked, nor tokens", async () => {
    const { ask, logged } = await start({ executor });
    const token = issuer.token({ scope: "finance", ...EU });
    const { text } = await ask("{ people { name email salary badge } }", { token });
    expect(text).toContain("***@example.com");
    await recorded(3);
    for (const place of [written(), logged.join("")])
      for (const secret of ["ann@", "example.com", "***", "91827364", "B-1", "Ann", token.slice(-40)])
        expect(place).not.toContain(secret);
  });

  test("117: what callers write is harmless in a terminal and on a line", async () => {
    const { ask } = await start({ executor });
    const evil = "eve\n\u001b[31m\u009b1m\u202e\u0000\u2028";
    const token = issuer.token({ sub: evil, scope: "pii", purpose: evil, azp: evil, ...EU });
    await ask("{ person { email } }", { token });
    const lines = written().split("\n");
    expect(lines.filter((line) => line.includes("eve"))).toHaveLength(1);
    expect(written().replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\u2028]/u);
    const safe = "eve\\u{a}\\u{1b}[31m\\u{9b}1m\\u{202e}\\u{0}\\u{2028}";
    expect(deliveries()[0]).toMatchObject({ subject: safe, purpose: safe, client: safe });
  });

  test("refusals, once per field, with the rule that refused", async () => {
    const { ask } = await start({ executor });
    await ask("{ a: people { salary } b: people { id salary } }", { token: issuer.token(EU) });
    expect(
      (await recorded(1)).map(({ coordinate, decision, rule, count, entities }) => ({
        coordinate,
        decision,
        rule,
        count,
        entities,
      })),
    ).toEqual([
      {
        coordinate: "Person.salary",
        decision: "deny",
        rule: "@requiresScopes on Person.salary: needs finance",
        count: 0,
        entities: [],
      },
    ]);
    await ask("{ person { salary } }");
    expect((await recorded(2))[1]).toMatchObject({ decision: "deny", subject: null, issuer: null });
  });

  test("nothing of what is hidden, null, not selected or not audited", async () => {
    const { ask } = await start({ executor });
    await ask("{ people { name note } }", { token: issuer.token(EU) });
    await ask("{ people { badge salary @skip(if: true) } }", { token: issuer.token({ region: ["US"] }) });
    await ask("{ people { badge } }", { token: issuer.token({ sub: "last", ...EU }) });
    expect((await recorded(1)).map(({ subject }) => subject)).toEqual(["last"]);
  });

  test("a null is no delivered value, and what is nulled by a mask or refused is recorded as such", async () => {
    const { ask } = await start({ executor });
    const { data } = await ask("{ people { pager shadow salary } }", { token: issuer.token(EU) });
    expect(data.people).toEqual(Array(2).fill({ pager: null, shadow: null, salary: null }));
    const entries = await recorded(2);
    expect(
      entries.map(({ coordinate, decision, count, mask }) => [coordinate, decision, count, mask]),
    ).toEqual([
      ["Person.salary", "deny", 0, null],
      ["Person.shadow", "mask", 0, "NULLIFY"],
    ]);
  });

  test("types, mutations, aliases, fragments, and fields of another subgraph's entity", async () => {
    const { ask } = await start({ executor });
    const token = issuer.token({ scope: "pii", azp: "verified-app", ...EU });
    const headers = { "apollographql-client-name": "forged-app" };
    await ask("{ team { n: name size ...L } } fragment L on Team { lead { id email diary } }", {
      token,
      headers,
    });
    expect(deliveries().map(({ coordinate, count, client }) => [coordinate, count, client])).toEqual([
      ["Query.team", 1, "verified-app"],
      ["Team.name", 1, "verified-app"],
      ["Team.size", 1, "verified-app"],
      ["Team.lead", 1, "verified-app"],
      ["Person.email", 1, "verified-app"],
    ]);
    await ask('mutation Rename { renamePerson(name: "x") { email } }', { token });
    expect(deliveries().at(-1)).toMatchObject({
      operationKind: "mutation",
      operation: "Rename",
      entities: ["P1"],
    });
  });

  test("an operation that is answered many times, by generated code too, each time", async () => {
    const { ask } = await start({ executor });
    for (let n = 0; n < 5; n++)
      await ask("{ people { email } }", { token: issuer.token({ scope: "pii", ...EU }) });
    expect(deliveries().map(({ count, entities }) => [count, entities])).toEqual(Array(5).fill([1, ["P1"]]));
  });

  test("each of several requests that share one execution", async () => {
    const { ask } = await start({ executor, sharing: "request" });
    const token = issuer.token({ scope: "pii", ...EU });
    await Promise.all(Array.from({ length: 20 }, () => ask("{ people { email } }", { token })));
    expect(deliveries()).toHaveLength(20);
    expect(new Set(deliveries().map(({ requestId }) => requestId)).size).toBe(20);
  });

  test("in reject mode the refusals", async () => {
    const { ask } = await start({
      executor,
      authorization: { mode: "reject", errors: "response", dryRun: false, missing: true },
    });
    const { status } = await ask("{ people { email salary } }", { token: issuer.token(EU) });
    expect(status).toBe(403);
    expect((await recorded(1)).map(({ coordinate, decision }) => [coordinate, decision])).toEqual([
      ["Person.salary", "deny"],
    ]);
  });
});

describe("a chain", () => {
  test("begins and ends with its gateway, verifies, and remembers the chains before it", async () => {
    for (let n = 0; n < 3; n++) {
      const { ask, stop } = await start();
      await ask("{ people { email } }", { token: issuer.token(EU) });
      await stop();
      mesh = null;
    }
    const { chains, problems } = await verifyAudit(openFileArchive(folder));
    expect(problems).toEqual([]);
    expect(chains.map(({ entries, ending }) => [entries, ending])).toEqual(Array(3).fill([3, "closed"]));
    const starts = bodies().flatMap((body) => (body.kind === "start" ? [body.witnessed.length] : []));
    expect(starts).toEqual([0, 1, 2]);
  });
});

test("116: a folder that cannot be written refuses the start", async () => {
  const unusable = { databaseUrl: null, directory: "/proc/nowhere", timeoutMs: 1000 };
  await expect(start({ audit: unusable })).rejects.toMatchObject({ code: "AUDIT_NOT_PREPARED" });
});

test("without an audit the gateway says at the start what goes unrecorded, and serves it", async () => {
  const { ask, logged } = await start({ audit: { databaseUrl: null, directory: null, timeoutMs: 1000 } });
  const line = logged.find((item) => item.includes("no audit is configured")) ?? "";
  expect(JSON.parse(line).unrecorded).toEqual([
    "Person.badge",
    "Person.email",
    "Person.pager",
    "Person.rank",
    "Person.salary",
    "Person.shadow",
    "Query.team",
    "Team.lead",
    "Team.name",
    "Team.size",
  ]);
  expect((await ask("{ people { email } }", { token: issuer.token(EU) })).status).toBe(200);
});
