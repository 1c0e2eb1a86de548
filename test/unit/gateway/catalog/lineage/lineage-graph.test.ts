import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LineageEdge, LineageGraph } from "../../../../../gateway/catalog/lineage/lineage-graph.ts";

const BOUNDS = { depth: 10, maxNodes: 100 };

function edge(from: string, to: string, rest: Partial<LineageEdge> = {}): LineageEdge {
  return { from, to, kind: "DIRECT", by: null, isMasking: false, reportedBy: null, ...rest };
}

const CHAIN = new LineageGraph([
  edge("pg://erp/raw.orders#amount", "sf://acme/orders#total", { by: "airflow/load" }),
  edge("sf://acme/orders#total", "Order.total"),
  edge("Order.total", "Invoice.sum", { by: "@requires" }),
  edge("sf://acme/customers", "Customer.name"),
]);

describe("a lineage graph", () => {
  test("leads from a field to the warehouse's column, and from there to every field made of it", () => {
    expect(CHAIN.upstream("Invoice.sum", BOUNDS)).toMatchObject({
      nodes: ["Invoice.sum", "Order.total", "sf://acme/orders#total", "pg://erp/raw.orders#amount"],
      isTruncated: false,
    });
    expect(CHAIN.downstream("pg://erp/raw.orders#amount", BOUNDS).nodes.at(-1)).toBe("Invoice.sum");
    expect(CHAIN.downstream("Invoice.sum", BOUNDS)).toEqual({
      nodes: ["Invoice.sum"],
      edges: [],
      isTruncated: false,
    });
  });

  test("looks both ways from a place, and not at what else its sources became", () => {
    const graph = new LineageGraph([edge("a", "b"), edge("a", "c"), edge("b", "d")]);
    expect(graph.around("b", BOUNDS).nodes.toSorted()).toEqual(["a", "b", "d"]);
  });

  test("says where it stops: after so many steps or places", () => {
    expect(CHAIN.upstream("Invoice.sum", { depth: 1, maxNodes: 100 })).toMatchObject({
      nodes: ["Invoice.sum", "Order.total"],
      isTruncated: true,
    });
    expect(CHAIN.upstream("Invoice.sum", { depth: 10, maxNodes: 2 })).toMatchObject({
      nodes: ["Invoice.sum", "Order.total"],
      isTruncated: true,
    });
    expect(CHAIN.upstream("Invoice.sum", { depth: 3, maxNodes: 100 }).isTruncated).toBe(false);
  });

  test("a dataset has what its columns have, and a column without lineage of its own what its dataset has", () => {
    expect(CHAIN.downstream("sf://acme/orders", BOUNDS).nodes).toContain("Order.total");
    const graph = new LineageGraph([
      edge("s3://lake/in", "s3://lake/out", { by: "spark" }),
      edge("s3://lake/out#id", "Thing.id"),
    ]);
    expect(graph.upstream("Thing.id", BOUNDS).nodes).toEqual([
      "Thing.id",
      "s3://lake/out#id",
      "s3://lake/in",
    ]);
  });

  test("ends in a circle, whatever the graph is, and never tells of more than is allowed", () => {
    const place = fc.integer({ min: 0, max: 12 }).map((number) => `T.f${number}`);
    const edges = fc.array(
      fc.tuple(place, place).map(([from, to]) => edge(from, to)),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        edges,
        place,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 8 }),
        (list, id, depth, maxNodes) => {
          const part = new LineageGraph(list).around(id, { depth, maxNodes });
          expect(part.nodes.length).toBeLessThanOrEqual(maxNodes);
          expect(new Set(part.nodes).size).toBe(part.nodes.length);
          for (const { from, to } of part.edges) {
            expect(part.nodes).toContain(from);
            expect(part.nodes).toContain(to);
          }
        },
      ),
    );
  });
});
