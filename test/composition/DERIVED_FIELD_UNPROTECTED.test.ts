import { describe, expect, it } from "vitest";
import { findingsOf, rulesOf } from "../testkit/compose-schemas.ts";

const people = (rules: string) => `
  type Query { person: Person }
  type Person @key(fields: "id") { id: ID! salary: Int ${rules} }`;
const derived = (rules: string) => `
  type Person @key(fields: "id") { id: ID! salary: Int @external band: String @requires(fields: "salary") ${rules} }`;

const MASKED = "@mask(strategy: NULLIFY)";
const RESTRICTED = `@classification(level: RESTRICTED, categories: ["FINANCE"])`;

describe("a field computed from masked or restricted data", () => {
  it("needs protection of its own: the mask of its input does not reach it", () => {
    expect(findingsOf(people(MASKED), derived(""))).toEqual(["error DERIVED_FIELD_UNPROTECTED Person.band"]);
    expect(findingsOf(people(`${RESTRICTED} ${MASKED}`), derived(""))).toContain(
      "error DERIVED_FIELD_UNPROTECTED Person.band",
    );
  });

  it.each(["@mask(strategy: REDACT)", `@requiresScopes(scopes: [["hr"]])`, `@policy(policies: [["hr"]])`])(
    "is in order with %s",
    (rules) => {
      expect(findingsOf(people(MASKED), derived(rules))).toEqual([]);
    },
  );

  it("is not protected by authentication alone", () => {
    expect(findingsOf(people(MASKED), derived("@authenticated"))).toEqual([
      "error DERIVED_FIELD_UNPROTECTED Person.band",
    ]);
  });

  it("takes over the level and the categories of its inputs, through chains", () => {
    const last = `type Person @key(fields: "id") {
      id: ID! band: String @external rank: Int @requires(fields: "band") @mask(strategy: NULLIFY) }`;
    const rules = rulesOf(people(`${RESTRICTED} ${MASKED}`), derived("@mask(strategy: REDACT)"), last);
    const inherited = `classification [{"level":"RESTRICTED","categories":["FINANCE"]}]`;
    expect(rules).toContain(`Person.band ${inherited}`);
    expect(rules).toContain(`Person.rank ${inherited}`);
  });

  it("computed from data of a lower level takes that over and needs no protection", () => {
    const rules = rulesOf(
      people("@classification(level: CONFIDENTIAL)"),
      derived("@classification(level: PUBLIC)"),
    );
    expect(rules).toContain(`Person.band classification [{"level":"CONFIDENTIAL","categories":[]}]`);
  });
});
