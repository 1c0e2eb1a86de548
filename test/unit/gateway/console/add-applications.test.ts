import { describe, expect, test } from "vitest";
import { addApplications, applicationsBelow } from "../../../../gateway/console/add-applications.ts";
import type { LineageGraph, LineageNode } from "../../../../gateway/console/queries/lineage.ts";

const TABLE = "snowflake://shop/MARTS.CUSTOMERS";

function node(id: string, kind: LineageNode["kind"] = "FIELD"): LineageNode {
  return { id, kind, name: id, classification: null, product: null };
}

function edge(from: string, to: string) {
  return { from, to, kind: "DIRECT", by: null, isMasking: false, reportedBy: null } as const;
}

/** column → email → greeting, and a key that email is found by. */
const GRAPH: LineageGraph = {
  nodes: [
    node(TABLE, "DATASET"),
    node(`${TABLE}#EMAIL`, "DATASET_FIELD"),
    { ...node("Customer.email"), classification: "RESTRICTED", product: { id: "c", name: "Customers" } },
    node("Letter.greeting"),
    node("Customer.id"),
  ],
  edges: [
    edge(`${TABLE}#EMAIL`, "Customer.email"),
    edge("Customer.email", "Letter.greeting"),
    edge("Letter.greeting", "Customer.email"),
    edge("Customer.id", "Customer.email"),
  ],
  consumers: [
    { field: "Customer.email", application: "shop", operations: [{ name: "Page", hash: "1" }] },
    { field: "Letter.greeting", application: "shop", operations: [{ name: "", hash: "0123456789" }] },
    { field: "Customer.id", application: "checks", operations: [{ name: "Reference", hash: "2" }] },
  ],
  isTruncated: false,
};

describe("the applications at the end of a lineage", () => {
  test("are those that read the place or what is made of it, also through a circle", () => {
    const below = (of: string) => applicationsBelow(GRAPH, of).map(({ field }) => field);
    expect(below("Customer.email")).toEqual(["Customer.email", "Letter.greeting"]);
    expect(below(TABLE)).toEqual(["Customer.email", "Letter.greeting"]);
    expect(below("Customer.id")).toEqual(["Customer.email", "Letter.greeting", "Customer.id"]);
    expect(applicationsBelow({ ...GRAPH, consumers: null }, TABLE)).toEqual([]);
  });

  test("are each one place, with all their operations; every place says what it belongs to", () => {
    const { nodes, edges } = addApplications(GRAPH, "Customer.email");
    expect(nodes.map(({ about }) => about)).toEqual([
      "snowflake://shop",
      "MARTS.CUSTOMERS",
      "Customers · restricted",
      "field",
      "field",
      "Page, 01234567",
    ]);
    expect(nodes.at(-1)).toMatchObject({ kind: "APPLICATION", name: "shop" });
    expect(edges.slice(4).map(({ from, to }) => [from, to])).toEqual([
      ["Customer.email", "application shop"],
      ["Letter.greeting", "application shop"],
    ]);
  });
});
