import { describe, expect, it } from "vitest";
import { findingsOf, rulesOf } from "../testkit/compose-schemas.ts";

const REFUSED = "error RESTRICTED_UNPROTECTED";
const RESTRICTED = "@classification(level: RESTRICTED)";
const person = (field: string, type = "", more = "") => `
  type Query { person: Person } ${more}
  type Person ${type} { id: ID secret: ${field} }`;

describe("data classified RESTRICTED", () => {
  it("is refused without protection, also with a category that has a default mask", () => {
    expect(findingsOf(person(`String ${RESTRICTED}`))).toEqual([`${REFUSED} Person.secret`]);
    const tagged = `String @classification(level: RESTRICTED, categories: ["EMAIL"])`;
    expect(findingsOf(person(tagged))).toEqual([`${REFUSED} Person.secret`]);
    expect(findingsOf(person(`String ${RESTRICTED} @authenticated`))).toEqual([`${REFUSED} Person.secret`]);
  });

  it.each(["@mask(strategy: HASH)", `@requiresScopes(scopes: [["a"]])`, `@policy(policies: [["p"]])`])(
    "is in order with %s on the field",
    (rule) => {
      expect(findingsOf(person(`String ${RESTRICTED} ${rule}`))).toEqual([]);
    },
  );

  it("is in order with a guard on the parent or on the type it returns", () => {
    const scopes = `@requiresScopes(scopes: [["a"]])`;
    expect(findingsOf(person(`String ${RESTRICTED}`, scopes))).toEqual([]);
    expect(findingsOf(person(`Secret ${RESTRICTED}`, "", `scalar Secret ${scopes}`))).toEqual([]);
    expect(findingsOf(person(`Secret ${RESTRICTED}`, "", "scalar Secret @mask(strategy: HASH)"))).toEqual([]);
  });

  it("may be a whole type, whose fields are all protected or which is itself", () => {
    expect(findingsOf(person("String", RESTRICTED))).toEqual([`${REFUSED} Person`]);
    expect(findingsOf(person("String", `${RESTRICTED} @requiresScopes(scopes: [["a"]])`))).toEqual([]);
    const masked = person("String @mask(strategy: HASH)", RESTRICTED).replace(
      "id: ID",
      "id: ID @mask(strategy: HASH)",
    );
    expect(findingsOf(masked)).toEqual([]);
  });
});

describe("tag defaults", () => {
  it("mask fields of their category that say nothing themselves", () => {
    const tagged = (rules: string) =>
      rulesOf(person(`String @classification(level: CONFIDENTIAL, categories: ["EMAIL"]) ${rules}`));
    expect(tagged("")).toContain(
      `Person.secret mask [{"strategy":"EMAIL","unlessScopes":["pii","pii:email"],"unlessPolicies":[],"unlessPurposes":[]}]`,
    );
    expect(tagged("@mask(strategy: HASH)").filter((rule) => rule.includes("mask"))).toHaveLength(1);
    expect(tagged(`@requiresScopes(scopes: [["a"]])`).some((rule) => rule.includes("mask"))).toBe(false);
  });

  it("have to fit the type", () => {
    expect(findingsOf(person(`Int @classification(level: CONFIDENTIAL, categories: ["EMAIL"])`))).toEqual([
      "error MASK_DOES_NOT_FIT Person.secret",
    ]);
  });
});
