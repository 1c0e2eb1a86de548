import { describe, expect, it } from "vitest";
import { rowFilter } from "../../../../shared/directives/row-filter.ts";
import type { ListPlace } from "../../../../shared/placement.ts";
import { applied, lintCodes, merged, placeOf } from "../../../testkit/apply-directive.ts";

const WRITTEN = `@rowFilter(field: "region", claim: "regions")`;

function isVisible(value: unknown, ...claim: string[]): boolean | undefined {
  const rule = rowFilter.rows?.(applied(rowFilter, WRITTEN));
  return rule?.bind({ claimValues: () => new Set(claim), now: 0 })(value);
}

const leaf = { type: "Region!", leafKind: "enum", hasRequiredArguments: false } as const;
const order = {
  coordinate: "Order",
  location: "OBJECT",
  type: null,
  leafKind: null,
  fieldAt: () => leaf,
} as const;

function page(facts: Partial<ListPlace> = {}): ListPlace {
  const sibling = (name: string, leafKind: "Int" | "String" | null) => ({
    coordinate: `OrderConnection.${name}`,
    name,
    leafKind,
    subgraphs: ["order"],
  });
  return {
    coordinate: "OrderConnection.nodes",
    subgraphs: ["order"],
    isPage: true,
    siblings: [sibling("totalCount", "Int"), sibling("pageInfo", null), sibling("title", "String")],
    ...facts,
  };
}

describe("@rowFilter", () => {
  it("shows rows whose value is in the caller's claim, compared as text", () => {
    expect(isVisible("EMEA", "EMEA", "APAC")).toBe(true);
    expect(isVisible("AMER", "EMEA", "APAC")).toBe(false);
    expect(isVisible(7, "7")).toBe(true);
    expect(isVisible(true, "true")).toBe(true);
  });

  it("shows nothing without a claim, and no row without a value", () => {
    expect(isVisible("EMEA")).toBe(false);
    for (const value of [null, undefined, {}, ["EMEA"]]) expect(isVisible(value, "EMEA", "null")).toBe(false);
  });

  it("names the claim that has to travel to subgraphs", () => {
    expect(rowFilter.rows?.(applied(rowFilter, WRITTEN))).toMatchObject({
      field: "region",
      claims: ["regions"],
    });
  });

  it("holds all filters of all subgraphs, and pushes down only what all of them push down", () => {
    const said = {
      a: [`@rowFilter(field: "region", claim: "regions", pushdown: true)`],
      b: [WRITTEN, `@rowFilter(field: "tenant", claim: "tenants", pushdown: true)`],
    };
    expect(merged(rowFilter, said)).toEqual([
      { field: "region", claim: "regions", onDeny: "OMIT", pushdown: false, pushedDownBy: ["a"] },
      { field: "tenant", claim: "tenants", onDeny: "OMIT", pushdown: true, pushedDownBy: ["b"] },
    ]);
  });

  it("reads one scalar or enum of the same type", () => {
    expect(lintCodes(rowFilter, WRITTEN, order)).toEqual([]);
    for (const wrong of [
      null,
      { ...leaf, leafKind: null },
      { ...leaf, type: "[Region!]" },
      { ...leaf, hasRequiredArguments: true },
    ])
      expect(lintCodes(rowFilter, WRITTEN, { ...order, fieldAt: () => wrong })).toEqual([
        "error ROW_RULE_FIELD",
      ]);
  });

  it("44: may not stand beside counts that the gateway cannot correct", () => {
    expect(lintCodes(rowFilter, WRITTEN, { ...order, lists: [page()] })).toEqual([
      "error ROW_FILTER_COUNT",
      "warning ROW_FILTER_PAGES",
    ]);
  });

  it("44: may stand beside counts of subgraphs that filter themselves", () => {
    const result = rowFilter.merge([
      { subgraph: "order", applications: [applied(rowFilter, WRITTEN.replace(")", ", pushdown: true)"))] },
    ]);
    const rules = result.kind === "merged" ? result.applications : [];
    const remarks = (list: ListPlace) =>
      rules.flatMap((rule) => rowFilter.lint?.(rule, placeOf({ ...order, lists: [list] })) ?? []);
    expect(remarks(page())).toEqual([]);
    const others = page().siblings.map((item) => ({ ...item, subgraphs: ["reports"] }));
    const foreign = page({ subgraphs: ["reports"], siblings: others });
    expect(remarks(foreign).map(({ code }) => code)).toEqual(["ROW_FILTER_COUNT", "ROW_FILTER_PAGES"]);
  });

  it("44: outside of pages only counts that name the list are meant", () => {
    const sibling = (name: string) => ({
      coordinate: `Customer.${name}`,
      name,
      leafKind: "Int" as const,
      subgraphs: ["crm"],
    });
    const list = {
      coordinate: "Customer.orders",
      subgraphs: ["crm"],
      isPage: false,
      siblings: ["orderCount", "loyaltyCount", "age"].map(sibling),
    };
    expect(lintCodes(rowFilter, WRITTEN, { ...order, lists: [list] })).toEqual(["error ROW_FILTER_COUNT"]);
  });
});
