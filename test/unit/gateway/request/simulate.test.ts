import { describe, expect, test } from "vitest";
import { type Simulation, simulate } from "../../../../gateway/request/simulate.ts";
import type { ReplayedOperation } from "../../../../gateway/request/simulated-side.ts";
import { readRuleOrigins } from "../../../../gateway/supergraph/rule-origins.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";
import { composed } from "../../../testkit/compose-schemas.ts";

const PEOPLE = `
  type Query { person: Person people(filter: Filter, by: By): [Person] }
  input Filter { name: String salary: Int }
  enum By { NAME OLD }
  type Person { name: String email: String salary: Int @requiresScopes(scopes: [["hr"]]) region: String }`;

const TODAY = "2026-06-30";

function side(sdl: string, today = TODAY) {
  const result = composed(sdl);
  if (result.kind === "refused") throw new Error(JSON.stringify(result.findings));
  const { artifact } = result;
  return { supergraph: buildSupergraph(artifact.supergraph), origins: readRuleOrigins(artifact), today };
}

const shop: ReplayedOperation = {
  signature: "query Card{person{email name}}",
  operationName: "Card",
  clientName: "shop",
  authenticated: true,
  scopes: ["order"],
  purpose: "fulfilment",
  requests: 10,
};
const crm = { ...shop, clientName: "crm", scopes: ["pii"], requests: 3 };

async function run(
  operations: readonly ReplayedOperation[],
  changed: string,
  options: {
    readonly on?: string;
    readonly allowedPolicies?: readonly string[];
    readonly from?: string;
  } = {},
): Promise<Simulation> {
  return simulate({
    operations,
    before: side(options.from ?? PEOPLE),
    after: side(changed, options.on),
    settings: { dryRun: false, missing: true, checkFormats: false, isAudited: false },
    allowedPolicies: options.allowedPolicies ?? [],
  });
}

function lines({ changes }: Simulation): readonly string[] {
  return changes.map(
    ({ clientName, change, coordinate, requests, possible }) =>
      `${clientName} ${change} ${coordinate} ${requests}${possible ? " if sent" : ""}`,
  );
}

describe("a simulated change", () => {
  test("that masks a field is told to the applications whose callers it concerns", async () => {
    const changed = PEOPLE.replace(
      "email: String",
      `email: String @mask(strategy: HASH, unlessScopes: ["pii"])`,
    );
    const simulation = await run([shop, crm], changed);
    expect(lines(simulation)).toEqual(["shop masked Person.email 10"]);
    expect(simulation.changes[0]).toMatchObject({
      operations: ["Card"],
      before: "allowed: no rule is against it",
      after: "masked: HASH by @mask on Person.email of a: HASH unless pii",
    });
  });

  test("and its way back are loss and gain", async () => {
    const guarded = PEOPLE.replace(
      "name: String email",
      `name: String @requiresScopes(scopes: [["pii"]]) email`,
    );
    expect(lines(await run([shop, crm], guarded))).toEqual(["shop lost Person.name 10"]);
    expect(lines(await run([shop, crm], PEOPLE, { from: guarded }))).toEqual(["shop gained Person.name 10"]);
  });

  test("on a type counts for all of its fields and for what leads to it", async () => {
    const guarded = PEOPLE.replace("type Person", "type Person @authenticated");
    expect(lines(await run([shop, { ...shop, authenticated: false, scopes: [] }], guarded))).toEqual([
      "shop lost Query.person 10",
      "shop lost Person.email 10",
      "shop lost Person.name 10",
    ]);
  });

  test("of row filters and masks is told apart", async () => {
    const filtered = PEOPLE.replace(
      "type Person",
      `type Person @rowFilter(field: "region", claim: "region")`,
    );
    expect(lines(await run([shop], filtered))).toEqual(["shop filtered Query.person 10"]);
    expect(lines(await run([shop], PEOPLE, { from: filtered }))).toEqual(["shop unfiltered Query.person 10"]);
    const [hash, redact] = ["HASH", "REDACT"].map((strategy) =>
      PEOPLE.replace("email: String", `email: String @mask(strategy: ${strategy})`),
    );
    expect(lines(await run([shop], redact ?? "", { from: hash ?? "" }))).toEqual([
      "shop masked Person.email 10",
    ]);
    expect(lines(await run([shop], PEOPLE, { from: hash ?? "" }))).toEqual(["shop unmasked Person.email 10"]);
  });

  test("that takes a field away breaks whole operations, and says why", async () => {
    const simulation = await run([shop, crm], PEOPLE.replace("email: String", "mail: String"));
    expect(lines(simulation)).toEqual(["shop breaks null 10", "crm breaks null 3"]);
    expect(simulation.changes[0]?.after).toContain('Cannot query field "email"');
  });

  test("of an input concerns who sends it, or may send it in a variable", async () => {
    const changed = PEOPLE.replace(
      "salary: Int }\n",
      `salary: Int @reveals(fields: ["Person.salary"]) }\n`,
    ).replace("OLD", "OLD @lifecycle(status: RETIRED)");
    const people = { ...shop, operationName: "" };
    const recorded = [
      {
        ...people,
        clientName: "literal",
        signature: "{people(filter:{}){name}}",
        coordinates: ["Filter.salary"],
      },
      {
        ...people,
        clientName: "variable",
        signature: "query($f:Filter){people(filter:$f){name}}",
        coordinates: ["Filter.*"],
      },
      {
        ...people,
        clientName: "variable inside what is not told",
        signature: "query($x:Int){people(filter:{}){name}}",
        coordinates: ["Filter.salary"],
      },
      {
        ...people,
        clientName: "other",
        signature: "{people(filter:{}){name}}",
        coordinates: ["Filter.name"],
      },
      { ...people, clientName: "enum", signature: "{people(by:OLD){name}}", coordinates: ["By.OLD"] },
      {
        ...people,
        clientName: "hr",
        scopes: ["hr"],
        signature: "{people(filter:{}){name}}",
        coordinates: ["Filter.salary"],
      },
    ];
    const lost = (await run(recorded, changed)).changes.filter(
      ({ coordinate }) => coordinate === "Query.people",
    );
    expect(lost.map(({ clientName, possible }) => [clientName, possible])).toEqual([
      ["literal", false],
      ["variable", true],
      ["variable inside what is not told", false],
      ["enum", false],
    ]);
  });

  test("of a later day tells what ends by then", async () => {
    const ending = PEOPLE.replace(
      "email: String",
      `email: String @lifecycle(status: DEPRECATED, sunset: "2026-12-31")`,
    );
    expect(lines(await run([shop], ending, { from: ending }))).toEqual([]);
    expect(lines(await run([shop], ending, { from: ending, on: "2027-01-01" }))).toEqual([
      "shop lost Person.email 10",
    ]);
  });

  test("with a policy counts it as refusing, and says so, unless told that it is met", async () => {
    const guarded = PEOPLE.replace("email: String", `email: String @policy(policies: [["partner"]])`);
    const refused = await run([shop], guarded);
    expect([lines(refused), refused.refusingPolicies]).toEqual([["shop lost Person.email 10"], ["partner"]]);
    const met = await run([shop], guarded, { allowedPolicies: ["partner"] });
    expect([lines(met), met.refusingPolicies]).toEqual([[], []]);
  });

  test("counts what is skipped or conditional as included, and leaves out what is not valid today", async () => {
    const conditional = {
      ...shop,
      signature: "query Card($x:Boolean!){person{email@include(if:$x)name@skip(if:$x)}}",
    };
    const gone = { ...shop, signature: "{gone}", operationName: "" };
    const changed = PEOPLE.replace("email: String", "email: String @mask(strategy: HASH)");
    const others = { ...shop, clientName: "(other)" };
    const simulation = await run([conditional, gone, others], changed);
    expect(lines(simulation)).toEqual(["shop masked Person.email 10"]);
    expect(simulation).toMatchObject({
      replayed: { operations: 1, requests: 10 },
      skipped: [
        { clientName: "shop", operation: "{gone}", reason: expect.stringContaining("gone") },
        { clientName: "(other)", operation: "Card" },
      ],
    });
  });

  test("judges callers that were counted together as far as is known: without a token, or for whom the operation breaks", async () => {
    const others = { ...shop, clientName: "(other)", scopes: [], purpose: null };
    const nobody = { ...others, authenticated: false, requests: 4 };
    const guarded = PEOPLE.replace("email: String", "email: String @authenticated");
    const replayed = await run([others, nobody], guarded);
    expect(lines(replayed)).toEqual(["(other) lost Person.email 4"]);
    expect(replayed.skipped).toMatchObject([{ clientName: "(other)", operation: "Card" }]);
    const broken = await run([others], PEOPLE.replace("email: String", "mail: String"));
    expect(lines(broken)).toEqual(["(other) breaks null 10"]);
  });
});
