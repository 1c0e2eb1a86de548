import { describe, expect, it } from "vitest";
import { composed, rulesOf } from "../testkit/compose-schemas.ts";

const crm = (owner: string) => `
  type Query { person: Person }
  type Person @key(fields: "id") ${owner} { id: ID! name: String email: String }`;
const shop = (owner: string) => `type Person @key(fields: "id") ${owner} { id: ID! orders: Int }`;
const team = (name: string) => `@owner(team: "${name}", contact: "${name}@example.com")`;

describe("owners", () => {
  it("are missed on entities, once for all subgraphs", () => {
    const missing = (...sdls: string[]) =>
      composed(...sdls).findings.filter(({ code }) => code === "OWNER_MISSING").length;
    expect(missing(crm(""), shop(""))).toBe(1);
    expect(missing(crm(""), shop(team("shop")))).toBe(0);
  });

  it("answer for what their subgraph resolves", () => {
    const rules = rulesOf(shop(team("shop")), crm(team("crm")));
    expect(rules).toEqual([
      `Person owner [{"team":"crm","contact":"crm@example.com"}]`,
      `Person.orders owner [{"team":"shop","contact":"shop@example.com"}]`,
    ]);
  });

  it("CLASSIFICATION_MISSING: what looks like personal data is pointed out", () => {
    const codes = composed(crm(team("crm"))).findings.map(({ code, coordinate }) => `${code} ${coordinate}`);
    expect(codes).toEqual(["CLASSIFICATION_MISSING Person.email"]);
  });
});
