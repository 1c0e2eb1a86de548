import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scaffold } from "../../../../gateway/commands/scaffold.ts";
import { parseJoin } from "../../../../gateway/commands/scaffold-join.ts";
import { compose } from "../../../../gateway/registry/compose.ts";
import { parseProductDescriptor } from "../../../../shared/product-descriptor.ts";

const ORDERS = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { order: Order } "What was ordered." type Order @key(fields: "id") { "The order's number." id: ID! }`;

describe("dpg subgraph new", () => {
  let workspace: string;
  beforeAll(() => {
    workspace = mkdtempSync(join(tmpdir(), "dpg-scaffold-"));
  });
  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

  function composed(domain: string) {
    const sdl = readFileSync(join(workspace, "subgraphs", domain, "schema.graphql"), "utf8");
    const url = "http://127.0.0.1:1/graphql";
    return compose([
      { name: domain, url, sdl },
      { name: "order", url, sdl: ORDERS },
    ]);
  }

  test("writes what composes beside any other domain", () => {
    const files = scaffold("parcel", workspace);
    expect(files).toContain(join("subgraphs", "parcel", "main.ts"));
    expect(composed("parcel").kind).toBe("composed");
  });

  test("says in the descriptor when that was, so that the time until it is served counts from then", () => {
    const before = Date.now();
    scaffold("timed", workspace);
    const yaml = readFileSync(join(workspace, "subgraphs/timed/product.yaml"), "utf8");
    // YAML 1.1 makes a date of what is not quoted.
    expect(yaml).toMatch(/^created: "/m);
    const created = Date.parse(parseProductDescriptor(yaml, "product.yaml").created ?? "");
    expect(created).toBeGreaterThanOrEqual(before);
    expect(created).toBeLessThanOrEqual(Date.now());
  });

  test("joins the new domain to another one's entity, and answers the field", () => {
    expect(scaffold("shipping", workspace, parseJoin("Order.shipment"))).toContain(
      join("subgraphs", "shipping", "joins.ts"),
    );
    const result = composed("shipping");
    expect(result).toMatchObject({ kind: "composed" });
    expect(JSON.stringify(result)).toContain("shipment: ShippingItem");
    // What is described by the owner is not described once more, otherwise.
    expect(result.findings.map(({ code }) => code).filter((code) => code.includes("DESCRIPTION"))).toEqual(
      [],
    );
    const resolvers = readFileSync(join(workspace, "subgraphs/shipping/resolvers.ts"), "utf8");
    expect(resolvers).toContain("Order: orderResolvers");
  });

  test("overwrites nothing, and refuses names that are none", () => {
    scaffold("twice", workspace);
    for (const domain of ["twice", "../up", "Upper", "a b", ""])
      expect(() => scaffold(domain, workspace)).toThrow(expect.objectContaining({ code: "USAGE" }));
    for (const coordinate of ["Order", "order.shipment", "Order.shipment { x }", "Order.a.b", ""])
      expect(() => parseJoin(coordinate)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
