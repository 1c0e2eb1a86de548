import { describe, expect, it } from "vitest";
import { findingsOf } from "../testkit/compose-schemas.ts";

const orders = (pushdown: string) => `
  type Query { orders: OrderConnection }
  type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! totalCount: Int! pageInfo: PageInfo! }
  type OrderEdge { cursor: String! node: Order }
  type PageInfo { hasNextPage: Boolean! }
  type Order @key(fields: "id") @rowFilter(field: "region", claim: "regions"${pushdown}) { id: ID! region: String! }`;

describe("44: counts beside rows that only the gateway filters", () => {
  it("are refused", () => {
    const findings = findingsOf(orders(""));
    expect(findings).toContain("error ROW_FILTER_COUNT Order");
    expect(findings).toContain("warning ROW_FILTER_PAGES Order");
  });

  it("compose where the subgraph filters them itself", () => {
    expect(findingsOf(orders(", pushdown: true"))).toEqual([]);
  });

  it("are refused in another subgraph that does not say so", () => {
    const reports = `
      type Query { report: Report }
      type Report { rows: [Order!]! sumOfTotals: Float }
      type Order @key(fields: "id") { id: ID! }`;
    expect(findingsOf(orders(", pushdown: true"), reports)).toEqual(["error ROW_FILTER_COUNT Order"]);
  });

  it("are refused beside a list of an entity or of the root, if they name the list", () => {
    const customers = `type Query { customer: Customer orders: [Order] ordersTotal: Int visits: Int }
      type Customer @key(fields: "id") { id: ID! orders: [Order] orderCount: Int loginCount: Int }
      type Order @rowFilter(field: "region", claim: "regions") { region: String }`;
    expect(findingsOf(customers)).toEqual(["error ROW_FILTER_COUNT Order", "error ROW_FILTER_COUNT Order"]);
  });

  it("ROW_RULE_FIELD: the filter reads one leaf of the type itself", () => {
    const sdl = (field: string) =>
      `type Query { x: T } type T @rowFilter(field: "region", claim: "c") { id: ID ${field} }`;
    for (const field of ["", "region: [String]", "region: T", "region(a: Int!): String"])
      expect(findingsOf(sdl(field))).toEqual(["error ROW_RULE_FIELD T"]);
    expect(findingsOf(sdl("region: String"))).toEqual([]);
  });
});
