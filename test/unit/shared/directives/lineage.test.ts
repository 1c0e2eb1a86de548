import { describe, expect, it } from "vitest";
import { lineage } from "../../../../shared/directives/lineage.ts";
import { applied, merged } from "../../../testkit/apply-directive.ts";

describe("@lineage", () => {
  it("takes one source or several", () => {
    expect(applied(lineage, `@lineage(from: "warehouse.orders.total")`)).toEqual({
      from: ["warehouse.orders.total"],
    });
    expect(applied(lineage, `@lineage(from: ["Order.total", "Order.tax"], transform: "sum")`)).toEqual({
      from: ["Order.total", "Order.tax"],
      transform: "sum",
    });
    expect(() => applied(lineage, "@lineage(from: [])")).toThrow();
  });

  it("keeps what every subgraph says, the same thing once", () => {
    const said = { a: [`@lineage(from: "x")`], b: [`@lineage(from: ["x"])`, `@lineage(from: "y")`] };
    expect(merged(lineage, said)).toEqual([{ from: ["x"] }, { from: ["y"] }]);
  });
});
