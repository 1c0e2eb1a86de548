import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../testkit/compose-schemas.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

/** A resolver that says in its error what nobody may know. */
const tells = (secret: string) => () => {
  throw new Error(`invalid input syntax for ${secret}`);
};

const payroll = {
  sdl: linked(`
    type Query { staff: [Person!]! anyone: [Being] open: String }
    interface Being { name: String }
    type Person implements Being @key(fields: "id") @rowFilter(field: "region", claim: "regions") {
      id: ID! name: String region: String
      salary: Int @mask(strategy: BUCKET, size: 1000.0, unlessScopes: ["hr"])
      iban: String @requiresScopes(scopes: [["hr"]])
      address: Address
    }
    type Robot implements Being { name: String serial: String @authenticated }
    type Address { street: String @mask(strategy: REDACT, unlessScopes: ["hr"]) }`),
  resolvers: {
    Query: {
      staff: () => [
        { id: "1", name: "Ada", region: "EMEA", address: {} },
        { id: "2", region: "AMER", address: {} },
      ],
      anyone: () => [{ __typename: "Robot", name: "R2" }],
      open: tells("open 4711"),
    },
    Person: {
      __resolveReference: (reference: object) => reference,
      salary: tells("salary 73211"),
      iban: tells("iban DE89"),
      name: ({ id, name }: { id: string; name?: string }) => (id === "2" ? tells("name Bob")() : name),
    },
    Address: { street: tells("street Elm") },
  },
};
const bonus = {
  sdl: linked(`
    type Person @key(fields: "id") {
      id: ID! iban: String @external
      paid: Boolean @requires(fields: "iban") @requiresScopes(scopes: [["hr"], ["clerk", "hr"]])
      level: Int
    }`),
  resolvers: {
    Person: {
      __resolveReference: (reference: object) => reference,
      level: tells("level 9"),
      paid: () => true,
    },
  },
};

let issuer: TokenIssuer;
let mesh: SmallMesh;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  mesh = await startSmallMesh({ subgraphs: { payroll, bonus }, issuers: [issuer] });
});
afterAll(async () => {
  await mesh.stop();
  await issuer.stop();
});

const ask = (query: string, scope = "") =>
  mesh.ask(query, { token: issuer.token({ scope, regions: ["EMEA"] }) });

describe("46: errors of subgraphs about what the caller may not see", () => {
  test("of a masked field come without their text", async () => {
    const { text, errors } = await ask("{ staff { id salary address { street } } }");
    expect(text).not.toMatch(/73211|Elm|invalid input/);
    expect(errors.map(({ path }) => path)).toEqual([
      ["staff", 0, "salary"],
      ["staff", 0, "address", "street"],
    ]);
    expect((await ask("{ staff { salary } }", "hr")).text).toContain("73211");
  });

  test("about a hidden row are dropped", async () => {
    const { text, errors, data } = await ask("{ staff { id name } }");
    expect(data.staff).toEqual([{ id: "1", name: "Ada" }]);
    expect(errors).toEqual([]);
    expect(text).not.toContain("Bob");
  });

  test("17: under a refused path do not exist: the field was never asked for", async () => {
    const { text, errors } = await ask("{ staff { id iban } }");
    expect(text).not.toContain("DE89");
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["UNAUTHORIZED_FIELD_OR_TYPE"]);
  });

  test("about a field that only a join needed come without their text", async () => {
    const { text } = await ask("{ staff { paid } }", "hr clerk");
    expect(text).not.toContain("iban");
    expect(text).not.toContain("DE89");
  });

  test("name no address, no stack and no query", async () => {
    const { text } = await ask("{ open staff { level } }");
    expect(text).not.toMatch(/127\.0\.0\.1|node_modules|stack|representations|_entities/);
  });
});
