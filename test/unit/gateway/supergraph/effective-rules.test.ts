import { buildSchema, isInterfaceType, isObjectType } from "graphql";
import { describe, expect, it } from "vitest";
import { effectiveRules } from "../../../../gateway/supergraph/effective-rules.ts";
import { policyOf, type Rule } from "../../../../gateway/supergraph/merge-policy.ts";
import type { DirectiveDefinition } from "../../../../shared/define-directive.ts";
import { authenticated } from "../../../../shared/directives/authenticated.ts";
import { lifecycle } from "../../../../shared/directives/lifecycle.ts";
import { mask } from "../../../../shared/directives/mask.ts";
import { applied } from "../../../testkit/apply-directive.ts";

const schema = buildSchema(`
  type Query { pet: Pet cat: Cat any: Any mood: Mood }
  interface Named { name: String }
  interface Pet implements Named { name: String friend: Pet }
  type Cat implements Pet & Named { name: String friend: Cat mood: Mood }
  type Dog implements Pet & Named { name: String friend: Pet }
  union Any = Cat | Dog
  enum Mood { GOOD BAD }`);

function rule<Args>(coordinate: string, directive: DirectiveDefinition<Args>, written: string): Rule {
  return {
    coordinate,
    directive,
    applications: [applied(directive, written)],
    subgraphs: ["a"],
    reason: null,
  };
}

const login = (coordinate: string) => rule(coordinate, authenticated, "@authenticated");

/** Coordinates of the rules that hold for a field. */
function holding(coordinate: string, ...rules: readonly Rule[]): readonly string[] {
  const [typeName = "", field = ""] = coordinate.split(".");
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`no ${typeName}`);
  return effectiveRules(schema, policyOf(rules))
    .ofField(type, field)
    .map((item) => item.coordinate);
}

describe("the rules that hold for a field", () => {
  it("are its parent's, its own and those of the type it returns", () => {
    const rules = ["Cat", "Cat.mood", "Mood", "Dog", "Cat.name"].map(login);
    expect(holding("Cat.mood", ...rules)).toEqual(["Cat", "Cat.mood", "Mood"]);
    expect(holding("Query.mood", ...rules)).toEqual(["Mood"]);
  });

  it("on an interface are those of all implementers, through every interface", () => {
    expect(holding("Pet.name", login("Dog.name"))).toEqual(["Dog.name"]);
    expect(holding("Named.name", login("Dog.name"))).toEqual(["Dog.name"]);
    expect(holding("Named.name", login("Dog"))).toEqual(["Dog"]);
    expect(holding("Cat.name", login("Dog.name"))).toEqual([]);
  });

  it("guard every field that returns the interface, but no union", () => {
    expect(holding("Query.pet", login("Dog"))).toEqual(["Dog"]);
    expect(holding("Dog.friend", login("Cat"))).toEqual(["Cat"]);
    expect(holding("Query.any", login("Dog"))).toEqual([]);
  });

  it("of an interface hold on its implementers, and on other interfaces through them", () => {
    const declared = rule("Pet.name", mask, "@mask(strategy: HASH)");
    expect(holding("Cat.name", declared)).toEqual(["Pet.name"]);
    expect(holding("Named.name", declared)).toEqual(["Pet.name"]);
  });

  it("of an interface do not count where a composer only repeated those of the implementers", () => {
    const repeated = [login("Cat.name"), login("Pet.name"), login("Named.name")];
    expect(holding("Dog.name", ...repeated)).toEqual([]);
    expect(holding("Cat.name", ...repeated)).toEqual(["Cat.name"]);
    expect(holding("Dog.name", login("Pet.name"))).toEqual(["Pet.name"]);
  });

  it("of one implementer that say so do not bind the interface", () => {
    const draft = rule("Dog.name", lifecycle, "@lifecycle(status: DRAFT)");
    expect(holding("Pet.name", draft)).toEqual([]);
    expect(holding("Dog.name", draft)).toEqual(["Dog.name"]);
  });
});
