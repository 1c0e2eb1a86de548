import { describe, expect, it } from "vitest";
import { composed, findingsOf } from "../testkit/compose-schemas.ts";

describe("a governance directive where it may not stand", () => {
  it.each([
    [`type Query { x: T } type T @mask(strategy: HASH) { y: Int }`, "T"],
    [`type Query { x: String @rowFilter(field: "x", claim: "c") }`, "Query.x"],
    [`type Query { x(y: Int @mask(strategy: HASH)): Int }`, "Query.x(y:)"],
    [`type Query { x: E } enum E { A @classification(level: PUBLIC) }`, "E.A"],
    [`type Query { x: U } union U @owner(team: "a", contact: "b") = A type A { y: Int }`, "U"],
  ])("%s is refused", (sdl, coordinate) => {
    expect(findingsOf(sdl)).toEqual([`error DIRECTIVE_LOCATION_INVALID ${coordinate}`]);
  });

  it("is refused twice on one place, also across an extension", () => {
    const sdl = `type Query { x: T } type T @classification(level: PUBLIC) { y: Int }
      extend type T @classification(level: RESTRICTED)`;
    expect(findingsOf(sdl)).toContain("error DIRECTIVE_REPEATED T");
  });

  it("tells the line and the column", () => {
    const sdl = `type Query {\n  x: T\n}\ntype T @mask(strategy: HASH) { y: Int }`;
    expect(composed(sdl).findings[0]?.location).toMatchObject({ column: 8 });
  });
});

describe("AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE", () => {
  it("26: rules on an interface are refused at publish", () => {
    const refused = (sdl: string) => composed(sdl).findings.map(({ code }) => code);
    const rest = "type Query { x: I } type T implements I { y: Int }";
    expect(refused(`interface I @authenticated { y: Int } ${rest}`)).toContain(
      "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
    );
    expect(refused(`interface I { y: Int @authenticated } ${rest}`)).toContain(
      "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
    );
  });
});

describe("DIRECTIVE_ARGUMENTS_INVALID", () => {
  it.each([
    "@requiresScopes(scopes: [])",
    `@requiresScopes(scopes: ["a"])`,
    `@requiresScopes(scopes: "a")`,
    `@mask(strategy: "HASH")`,
    `@classification(level: "PUBLIC")`,
    `@lifecycle(status: "DRAFT")`,
    `@format(standard: "UUID")`,
  ])("%s is refused", (rule) => {
    expect(findingsOf(`type Query { x: String ${rule} }`)).toContain(
      "error DIRECTIVE_ARGUMENTS_INVALID Query.x",
    );
  });
});
