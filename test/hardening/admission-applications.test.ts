import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startLimitedShop } from "../testkit/limited-shop.ts";
import type { AskOptions, SmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

describe("86: a budget per application", () => {
  const CLAIMED = "apollographql-client-name";
  let mesh: SmallMesh;
  beforeEach(async () => {
    mesh = await startLimitedShop(issuer, { client: { requests: 2, cost: null } });
  });
  afterEach(() => mesh.stop());

  async function statusesOf(asked: readonly AskOptions[]): Promise<readonly number[]> {
    const statuses: number[] = [];
    for (const options of asked) statuses.push((await mesh.ask("{ me { id } }", options)).status);
    return statuses;
  }
  const named = (claims: object, claimed?: string): AskOptions => ({
    token: issuer.token({ ...claims }),
    ...(claimed === undefined ? {} : { headers: { [CLAIMED]: claimed } }),
  });

  test.each(["azp", "client_id"])("is spent by whoever uses the one that tokens name (%s)", async (claim) => {
    const users = ["a", "b", "c"].map((sub) => named({ sub, [claim]: "web" }));
    expect(await statusesOf([...users, named({ sub: "c", [claim]: "app" })])).toEqual([200, 200, 429, 200]);
  });

  test("is not spent by those who only claim its name", async () => {
    const claims = [{ headers: { [CLAIMED]: "web" } }, named({ sub: "eve" }, "web")];
    await statusesOf([...claims, ...claims, ...claims]);
    expect(await statusesOf([named({ sub: "ada", azp: "web" })])).toEqual([200]);
  });

  test("is not escaped by claiming another name than the token's", async () => {
    const asked = ["x", "y", "z"].map((claimed) => named({ sub: claimed, azp: "web" }, claimed));
    expect(await statusesOf(asked)).toEqual([200, 200, 429]);
  });

  test("is that of the address for an anonymous caller, however many names it invents", async () => {
    const invented = Array.from({ length: 60 }, (_, n) => ({ headers: { [CLAIMED]: `app-${n}` } }));
    const statuses = await statusesOf(invented);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    expect(statuses.filter((status) => status === 429)).toHaveLength(58);
    expect(await statusesOf([{}])).toEqual([429]);
  });

  test("is that of the subject where its token names none, whatever the subject claims, or does not", async () => {
    const asked = [named({ sub: "eve" }, "a"), named({ sub: "eve" }), named({ sub: "eve" }, "b")];
    expect(await statusesOf(asked)).toEqual([200, 200, 429]);
    expect(await statusesOf([named({ sub: "bob" }, "a")])).toEqual([200]);
  });
});

test("86: the cost of operations is no way to invent names either", async () => {
  const mesh = await startLimitedShop(issuer, { client: { requests: null, cost: 100 } });
  const statuses: number[] = [];
  for (const claimed of ["a", "b", "c"]) {
    const headers = { "apollographql-client-name": claimed };
    statuses.push((await mesh.ask("{ list(first: 45) { id } }", { headers })).status);
  }
  expect(statuses).toEqual([200, 200, 429]);
  await mesh.stop();
});
