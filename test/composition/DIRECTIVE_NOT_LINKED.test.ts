import { describe, expect, it } from "vitest";
import { findingsOf, rulesOf } from "../testkit/compose-schemas.ts";

const FEDERATION = "https://specs.apollo.dev/federation/v2.9";
const GOVERNANCE = "https://specs.data-product-gateway.dev/governance/v1.0";
const schema = (links: string, rule: string, more = "") =>
  `extend schema ${links} ${more} type Query { x: String ${rule} }`;
const link = (url: string, rest: string) => `@link(url: "${url}"${rest})`;

describe("36: directives under other names", () => {
  it.each([
    [link(FEDERATION, `, import: [{ name: "@authenticated", as: "@login" }]`), "@login"],
    [link(FEDERATION, ""), "@federation__authenticated"],
    [link(FEDERATION, `, as: "fed"`), "@fed__authenticated"],
  ])("%s means %s", (links, rule) => {
    expect(rulesOf(schema(links, rule))).toEqual(["Query.x authenticated [{}]"]);
  });

  it.each([
    [`, import: ["@mask"]`, "@mask"],
    [`, import: [{ name: "@mask", as: "@hide" }]`, "@hide"],
    ["", "@governance__mask"],
    [`, as: "gov"`, "@gov__mask"],
    [`, as: "gov", import: ["@owner"]`, "@gov__mask"],
  ])("a governance link with %s means %s", (rest, rule) => {
    const links = `${link(FEDERATION, "")} ${link(GOVERNANCE, rest)}`;
    expect(rulesOf(schema(links, `${rule}(strategy: HASH)`))).toEqual([
      expect.stringMatching(/^Query.x mask/),
    ]);
  });

  it("mean the same where subgraphs use different names for them", () => {
    const one = schema(
      link(FEDERATION, `, import: ["@shareable", "@authenticated"]`),
      "@shareable @authenticated",
    );
    const two = schema(
      link(
        FEDERATION,
        `, import: ["@shareable", { name: "@requiresScopes", as: "@scopes" }, { name: "@authenticated", as: "@login" }]`,
      ),
      `@shareable @login @scopes(scopes: [["a"]])`,
    );
    const three = schema(
      link(FEDERATION, `, as: "f", import: ["@shareable"]`),
      "@shareable @f__authenticated",
    );
    expect(rulesOf(one, two, three)).toEqual([
      "Query.x authenticated [{}]",
      `Query.x requiresScopes [{"scopes":[["a"]]}]`,
    ]);
  });

  it("count on root types under other names", () => {
    const sdl = `extend schema ${link(FEDERATION, `, import: ["@authenticated"]`)} schema { query: Root mutation: Actions }
      type Root { x: String @authenticated } type Actions { y: String @authenticated }`;
    expect(rulesOf(sdl)).toEqual(["Mutation.y authenticated [{}]", "Query.x authenticated [{}]"]);
  });
});

describe("directives that no link brings in", () => {
  it("are refused, because composition would drop them without a word", () => {
    const plain = link(FEDERATION, "");
    expect(findingsOf(schema(plain, "@mask(strategy: HASH)"))).toContain(
      "error DIRECTIVE_NOT_LINKED Query.x",
    );
    expect(findingsOf(schema(plain, "@authenticated"))).toContain("error DIRECTIVE_NOT_LINKED Query.x");
    expect(findingsOf(`${plain === "" ? "" : ""}type Query { x: String @authenticated } # @link`)).toContain(
      "error DIRECTIVE_NOT_LINKED Query.x",
    );
  });

  it("are refused also where the subgraph defines a rule of that name itself", () => {
    const own = "directive @policy(name: String) on FIELD_DEFINITION";
    expect(findingsOf(schema(link(FEDERATION, ""), `@policy(name: "x")`, own))).toEqual([
      "error DIRECTIVE_NOT_LINKED Query.x",
    ]);
  });

  it("are a warning where the name only describes and the subgraph defines it", () => {
    const own = "directive @owner(team: String) on FIELD_DEFINITION";
    expect(findingsOf(schema(link(FEDERATION, ""), `@owner(team: "x")`, own))).toEqual([
      "warning DIRECTIVE_NOT_LINKED Query.x",
    ]);
  });

  it("are refused where the governance specification has none of that name", () => {
    const links = `${link(FEDERATION, "")} ${link(GOVERNANCE, `, as: "gov"`)}`;
    expect(findingsOf(schema(links, "@gov__maks(strategy: HASH)"))).toEqual([
      "error DIRECTIVE_NOT_LINKED Query.x",
    ]);
  });
});

describe("GOVERNANCE_LINK_UNKNOWN", () => {
  it("refuses imports and versions that do not exist", () => {
    const misspelt = `${link(FEDERATION, "")} ${link(GOVERNANCE, `, import: ["@maks"]`)}`;
    expect(findingsOf(schema(misspelt, ""))).toEqual(["error GOVERNANCE_LINK_UNKNOWN null"]);
    const later = `${link(FEDERATION, "")} ${link(GOVERNANCE.replace("v1.0", "v2.0"), "")}`;
    expect(findingsOf(schema(later, ""))).toEqual(["error GOVERNANCE_LINK_UNKNOWN null"]);
  });
});
