import { describe, expect, it } from "vitest";
import { compose } from "../../gateway/registry/compose.ts";
import { composed, findingsOf, linked, rulesOf } from "../testkit/compose-schemas.ts";

const shared = (rules: string, type = "") => `
  type Query { person: Person @shareable }
  type Person ${type} @key(fields: "id") { id: ID! x: String @shareable ${rules} }`;

describe("subgraphs that say different things", () => {
  it.each([
    ["@classification(level: PUBLIC)", "@classification(level: INTERNAL)"],
    ["@mask(strategy: HASH)", "@mask(strategy: EMAIL)"],
    [`@mask(strategy: HASH, unlessScopes: ["a"])`, "@mask(strategy: HASH)"],
    ["@format(standard: EMAIL)", "@format(standard: UUID)"],
    [`@purpose(allow: ["a"])`, `@purpose(allow: ["b"])`],
  ])("%s against %s is refused and names both sides", (one, two) => {
    const { kind, findings } = composed(shared(one), shared(two));
    expect(kind).toBe("refused");
    expect(findings.map(({ code, coordinate, subgraphs }) => [code, coordinate, subgraphs])).toContainEqual([
      "GOVERNANCE_CONFLICT",
      "Person.x",
      ["a", "b"],
    ]);
  });

  it("is refused for a product described in two ways", () => {
    const product = (status: string) =>
      `@dataProduct(id: "crm.person", domain: "crm", version: "1.0.0", status: ${status})`;
    expect(findingsOf(shared("", product("ACTIVE")), shared("", product("DRAFT")))).toContain(
      "error GOVERNANCE_CONFLICT Person",
    );
  });

  it("combine where a rule can: guards AND, purposes intersect, row filters AND", () => {
    const rules = rulesOf(
      shared(
        `@requiresScopes(scopes: [["a"]]) @purpose(allow: ["x", "y"])`,
        `@rowFilter(field: "x", claim: "p")`,
      ),
      shared(
        `@requiresScopes(scopes: [["b"]]) @purpose(allow: ["y"], deny: ["z"])`,
        `@rowFilter(field: "x", claim: "q")`,
      ),
    );
    expect(rules).toContain(`Person.x requiresScopes [{"scopes":[["a","b"]]}]`);
    expect(rules).toContain(`Person.x purpose [{"allow":["y"],"deny":["z"]}]`);
    expect(rules.filter((rule) => rule.startsWith("Person rowFilter"))).toHaveLength(1);
    expect(rules.find((rule) => rule.startsWith("Person rowFilter"))).toMatch(/"claim":"p".*"claim":"q"/);
  });

  it("122: make the same supergraph in every order", () => {
    const one = shared(`@requiresScopes(scopes: [["b"], ["a"]])`);
    const two = shared(`@requiresScopes(scopes: [["c"]])`);
    const sources = [one, two].map((sdl, index) => ({
      name: `s${index}`,
      url: "http://localhost:1",
      sdl: linked(sdl),
    }));
    const artifact = compose(sources);
    expect(artifact).toMatchObject({ kind: "composed" });
    expect(compose([...sources].reverse())).toEqual(artifact);
  });
});

describe("GOVERNANCE_ONE_SIDED", () => {
  it("warns where a subgraph that resolves the field does not mention a rule that holds for it", () => {
    const { kind, findings } = composed(shared("@mask(strategy: HASH)"), shared(""));
    expect(kind).toBe("composed");
    expect(findings.filter(({ code }) => code === "GOVERNANCE_ONE_SIDED")).toMatchObject([
      { severity: "warning", coordinate: "Person.x", subgraphs: ["a", "b"] },
    ]);
  });
});
