import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PEOPLE_AND_NOTES as subgraphs } from "../../testkit/audited-people.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

describe("POST /governance/audit/who", () => {
  let issuer: TokenIssuer;
  let folder: string;
  let mesh: SmallMesh;
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    folder = mkdtempSync(join(tmpdir(), "dpg-audit-route-"));
    mesh = await start(folder);
    await mesh.ask("query Pay { people { email } }", {
      token: issuer.token({ sub: "eve", scope: "finance", region: ["EU"] }),
    });
  });
  afterAll(async () => {
    await mesh.stop();
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(directory: string | null): Promise<SmallMesh> {
    return startSmallMesh({
      subgraphs,
      issuers: [issuer],
      config: (usual) => ({ ...usual, audit: { databaseUrl: null, directory, timeoutMs: 1000 } }),
    });
  }

  async function who(token: string | null, body: object, { url } = mesh.gateway) {
    const response = await fetch(`${url}/governance/audit/who`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  const steward = () => issuer.token({ sub: "stella", scope: "governance:admin" });
  const email = { coordinate: "Person.email" };

  test("tells the governance team who got a value, and by which rule", async () => {
    const found = await who(steward(), { ...email, entity: "P1" });
    expect(found).toMatchObject({
      status: 200,
      body: {
        data: { isTruncated: false, accesses: [{ subject: "eve", decision: "mask", isCertain: true }] },
      },
    });
    expect(await who(steward(), { ...email, subject: "somebody else" })).toMatchObject({
      body: { data: { accesses: [] } },
    });
  });

  test.each([
    ["nobody", () => null, 401, "UNAUTHENTICATED"],
    ["a forged token", () => `${steward().slice(0, -6)}AAAAAA`, 401, "UNAUTHENTICATED"],
    [
      "another scope",
      () => issuer.token({ scope: "governance governance:admins" }),
      403,
      "GOVERNANCE_TEAM_ONLY",
    ],
    ["who was recorded", () => issuer.token({ sub: "eve", scope: "finance" }), 403, "GOVERNANCE_TEAM_ONLY"],
  ])("tells nothing to %s", async (_who, token, status, code) => {
    const refused = await who(token(), email);
    expect(refused).toMatchObject({ status, body: { error: { code, remedy: expect.any(String) } } });
    expect(JSON.stringify(refused.body)).not.toContain("eve");
  });

  test.each([{ coordinate: "Person" }, { ...email, hours: 2161 }, { ...email, since: 1 }, {}])(
    "refuses %j as bad input",
    async (body) => {
      expect(await who(steward(), body)).toMatchObject({
        status: 400,
        body: { error: { code: "BAD_USER_INPUT" } },
      });
    },
  );

  test("says so where nothing is recorded, instead of that nobody saw it", async () => {
    const without = await start(null);
    try {
      expect(await who(steward(), email, without.gateway)).toMatchObject({
        status: 500,
        body: { error: { code: "AUDIT_NOT_PREPARED" } },
      });
    } finally {
      await without.stop();
    }
  });
});
