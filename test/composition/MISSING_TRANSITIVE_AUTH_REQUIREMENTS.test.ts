import { describe, expect, it } from "vitest";
import { composed, findingsOf } from "../testkit/compose-schemas.ts";

const owner = (guard: string, more = "") => `
  type Query { product: Product }
  type Product @key(fields: "id") { id: ID! weight: Int ${guard} size: Size ${more} }
  type Size { width: Int }`;
const shipping = (guard: string, external = "@external") => `
  type Product @key(fields: "id") { id: ID! weight: Int ${external} postage: Int @requires(fields: "weight") ${guard} }`;

function refusals(...sdls: readonly string[]): readonly string[] {
  return composed(...sdls)
    .findings.filter(({ severity }) => severity === "error")
    .map(({ code }) => code);
}

const MISSING = "MISSING_TRANSITIVE_AUTH_REQUIREMENTS";

describe("33: a field that reads protected fields through @requires", () => {
  it.each([
    ["@authenticated", ""],
    [`@requiresScopes(scopes: [["a"]])`, "@authenticated"],
    [`@requiresScopes(scopes: [["a"]])`, `@requiresScopes(scopes: [["a"], ["b"]])`],
    [`@policy(policies: [["p"]])`, `@requiresScopes(scopes: [["p"]])`],
    [`@purpose(allow: ["x"])`, `@purpose(allow: ["x", "y"])`],
    [`@purpose(deny: ["x"])`, ""],
  ])("behind %s is refused with %s", (guard, own) => {
    expect(refusals(owner(guard), shipping(own))).toContain(MISSING);
  });

  it.each([
    ["@authenticated", "@authenticated"],
    [`@requiresScopes(scopes: [["a"], ["b"]])`, `@requiresScopes(scopes: [["a"]])`],
    [`@requiresScopes(scopes: [["a"]])`, `@requiresScopes(scopes: [["a", "b"]])`],
    [`@purpose(allow: ["x", "y"])`, `@purpose(allow: ["x"])`],
  ])("behind %s composes with %s", (guard, own) => {
    expect(findingsOf(owner(guard), shipping(own))).toEqual([]);
  });

  it("is refused where a nested field or its type is protected", () => {
    const boxes = `type Product @key(fields: "id") {
      id: ID! size: Size @external box: Int @requires(fields: "size { width }") } type Size { width: Int @external }`;
    expect(refusals(owner(""), boxes)).toEqual([]);
    const nested = owner("").replace("width: Int", "width: Int @authenticated");
    expect(refusals(nested, boxes)).toContain(MISSING);
    const typed = owner("").replace("type Size", "type Size @authenticated");
    expect(refusals(typed, boxes)).toContain(MISSING);
  });

  it("is refused where only the external copy says that the field is protected", () => {
    expect(refusals(owner(""), shipping("", "@external @authenticated"))).toEqual([MISSING]);
    expect(findingsOf(owner(""), shipping("@authenticated", "@external @authenticated"))).toEqual([]);
  });
});

describe("34: chains", () => {
  const first = owner(`@requiresScopes(scopes: [["a"]])`);
  const second = (guard: string) => shipping(guard);
  const third = (guard: string) => `
    type Product @key(fields: "id") {
      id: ID!
      postage: Int @external
      price: Int @requires(fields: "postage") ${guard}
    }`;

  it("are refused at every link that does not demand what the first one does", () => {
    const scoped = `@requiresScopes(scopes: [["a"]])`;
    expect(refusals(first, second(scoped), third(""))).toContain(MISSING);
    expect(refusals(first, second(""), third(scoped))).toContain(MISSING);
    expect(refusals(first, second(scoped), third(scoped))).toEqual([]);
  });
});

describe("interfaces and type conditions in selections", () => {
  const animals = (guard: string) => `
    type Query { owner: Owner }
    type Owner @key(fields: "id") { id: ID! pet: Animal }
    interface Animal { name: String }
    type Cat implements Animal { name: String chip: String ${guard} }
    type Dog implements Animal { name: String ${guard} }`;
  const reader = (name: string, chip: string, selection: string) => `
    type Owner @key(fields: "id") { id: ID! pet: Animal @external badge: String @requires(fields: "${selection}") }
    interface Animal { name: String ${name} }
    type Cat implements Animal { name: String @external ${chip} }
    type Dog implements Animal { name: String @external }`;
  const names = reader("", "", "pet { name }");
  const chips = reader("", "chip: String @external", "pet { ... on Cat { chip } }");

  it("count with every implementer, and each type with its own rules", () => {
    expect(refusals(animals(""), names)).toEqual([]);
    expect(refusals(animals("@authenticated"), names)).toContain(MISSING);
    expect(refusals(animals("@authenticated"), chips)).toContain(MISSING);
    expect(refusals(animals(`@purpose(allow: ["x"])`), names)).toEqual([MISSING]);
    expect(refusals(animals(`@purpose(allow: ["x"])`), chips)).toEqual([MISSING]);
  });
});

describe("35: @fromContext", () => {
  const context = (guard: string, own: string) => `
    type Query { shop: Shop }
    type Shop @key(fields: "id") @context(name: "shop") { id: ID! margin: Int! ${guard} offer: Offer! }
    type Offer @key(fields: "id") { id: ID! price(margin: Int @fromContext(field: "$shop { margin }")): Int ${own} }`;

  it("is refused where the field demands less than what it takes from its context", () => {
    expect(refusals(context("@authenticated", ""))).toContain(MISSING);
    expect(refusals(context(`@purpose(allow: ["x"])`, ""))).toEqual([MISSING]);
    expect(refusals(context("@authenticated", "@authenticated"))).toEqual([]);
  });
});
