import { describe, expect, it } from "vitest";
import { findingsOf } from "../testkit/compose-schemas.ts";

const REFUSED = "error MASK_DOES_NOT_FIT";
const person = (field: string, more = "") => `
  type Query { person: Person } ${more}
  type Person @key(fields: "id org { code }") { id: ID! org: Org! ${field} } type Org { code: ID! }`;

describe("a mask that does not fit its field", () => {
  it.each([
    ["x: Int @mask(strategy: HASH)", "x"],
    ["x: Boolean @mask(strategy: HMAC)", "x"],
    ["x: Float @mask(strategy: EMAIL)", "x"],
    ["x: String @mask(strategy: ROUND, to: 10.0)", "x"],
    ["x: Int @mask(strategy: BUCKET, size: 2.5)", "x"],
    ["x: Int @mask(strategy: YEAR)", "x"],
    ["x: String! @mask(strategy: NULLIFY)", "x"],
    ["x: [String!]! @mask(strategy: NULLIFY)", "x"],
    ["x: Org @mask(strategy: NULLIFY)", "x"],
    ["x: Colour @mask(strategy: REDACT)", "x"],
    ["x: Secret! ", "x"],
  ])("%s is refused", (field, name) => {
    const more = "enum Colour { RED } scalar Secret @mask(strategy: NULLIFY)";
    expect(findingsOf(person(field, more))).toEqual([`${REFUSED} Person.${name}`]);
  });

  it("is refused on every part of a @key", () => {
    const key = person("").replace("id: ID!", "id: ID! @mask(strategy: HASH)");
    expect(findingsOf(key)).toEqual([`${REFUSED} Person.id`]);
    expect(findingsOf(person("").replace("code: ID!", "code: ID! @mask(strategy: HASH)"))).toEqual([
      `${REFUSED} Org.code`,
    ]);
  });

  it.each([
    "x: String @mask(strategy: NULLIFY)",
    "x: [String]! @mask(strategy: NULLIFY)",
    "x: Date! @mask(strategy: YEAR)",
  ])("%s composes", (field) => {
    expect(findingsOf(person(field, "scalar Date"))).toEqual([]);
  });
});
