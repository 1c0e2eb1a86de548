import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateProducts, seedDomain } from "../../../subgraphs/product/seed.ts";
import { productSubgraph } from "../../../subgraphs/product/subgraph.ts";
import { type GatewayIdentity, startGatewayIdentity } from "../../testkit/gateway-identity.ts";
import { createDomainDatabase, startSubgraph, type TestSubgraph } from "../../testkit/start-domain.ts";

let gateway: GatewayIdentity;
let subgraph: TestSubgraph;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  const database = await createDomainDatabase(productSubgraph.directory, seedDomain);
  subgraph = await startSubgraph("product", productSubgraph, gateway, database.applicationUrl);
});
afterAll(async () => {
  await subgraph.stop();
  await gateway.stop();
});

const PAGE = `query ($first: Int, $after: String, $filter: ProductFilter, $sort: ProductSort) {
  products(first: $first, after: $after, filter: $filter, sort: $sort) {
    edges { cursor node { id name price } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}`;

const products = generateProducts();
type Product = (typeof products)[number];
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function readAll(variables: object): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { data } = await subgraph.ask(PAGE, { variables: { ...variables, after } });
    const { nodes, pageInfo } = data.products;
    ids.push(...nodes.map((node: { id: string }) => node.id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
  }
}

describe("a connection", () => {
  it.each<readonly [string, (a: Product, b: Product) => number]>([
    ["ID_ASC", (a, b) => byText(a.id, b.id)],
    ["NAME_ASC", (a, b) => byText(a.name, b.name) || byText(a.id, b.id)],
    ["NAME_DESC", (a, b) => byText(b.name, a.name) || byText(b.id, a.id)],
    ["PRICE_ASC", (a, b) => a.price - b.price || byText(a.id, b.id)],
    ["PRICE_DESC", (a, b) => b.price - a.price || byText(b.id, a.id)],
  ])("gives every item once, page by page, in the order %s", async (sort, compare) => {
    const expected = products.toSorted(compare).map((product) => product.id);
    expect(await readAll({ first: 97, sort })).toEqual(expected);
  });

  it.each<readonly [object, (product: Product) => boolean]>([
    [{ category: "TOYS" }, (product) => product.category === "TOYS"],
    [{ minPrice: 50, maxPrice: 99.99 }, (product) => product.price >= 50 && product.price <= 99.99],
    [{ inStock: false }, (product) => product.inventory === 0],
    [{ inStock: true, category: null }, (product) => product.inventory > 0],
    [{ category: "HOME", maxPrice: 1 }, () => false],
  ])("gives and counts what the filter %j lets through", async (filter, matches) => {
    const expected = products.filter(matches).map((product) => product.id);
    expect(await readAll({ first: 100, filter })).toEqual(expected);
    const { data } = await subgraph.ask(PAGE, { variables: { first: 0, filter } });
    expect(data.products.totalCount).toBe(expected.length);
  });

  it("starts with 20 items and says where a page stands", async () => {
    const { data } = await subgraph.ask(PAGE);
    const { edges, nodes, pageInfo, totalCount } = data.products;
    expect([edges.length, nodes.length, totalCount]).toEqual([20, 20, 1000]);
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges[19].cursor,
    });
    const next = await subgraph.ask(PAGE, { variables: { first: 1, after: edges[18].cursor } });
    expect(next.data.products.nodes).toEqual([{ id: edges[19].node.id }]);
    expect(next.data.products.pageInfo.hasPreviousPage).toBe(true);
  });

  it("has no cursors and a count where the page is empty", async () => {
    const { data } = await subgraph.ask(PAGE, { variables: { first: 0 } });
    expect(data.products).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
      totalCount: 1000,
    });
  });

  it.each([-1, 101, 2_000_000_000])("hardening 65: refuses a page of %i by variable", async (first) => {
    const { data, errors } = await subgraph.ask(PAGE, { variables: { first } });
    expect(data).toEqual({ products: null });
    expect(errors).toEqual([
      {
        message: `first: expected 0 to 100, got ${first}`,
        path: ["products"],
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
  });

  it("hardening 45: refuses a cursor that was forged, cut, or made for another order", async () => {
    const { data } = await subgraph.ask(PAGE, { variables: { first: 1, sort: "PRICE_ASC" } });
    const cursor: string = data.products.pageInfo.endCursor;
    const forged = Buffer.from(JSON.stringify(["1.00", "P0001"])).toString("base64url");
    const flipped = (cursor[0] === "A" ? "B" : "A") + cursor.slice(1);
    for (const [after, sort] of [
      [forged, "PRICE_ASC"],
      [flipped, "PRICE_ASC"],
      [cursor.slice(0, -4), "PRICE_ASC"],
      [cursor, "PRICE_DESC"],
      ["' OR 1=1 --", "PRICE_ASC"],
      ["", "PRICE_ASC"],
    ]) {
      const { errors } = await subgraph.ask(PAGE, { variables: { after, sort } });
      expect(errors).toEqual([
        {
          message: expect.stringMatching(/^after: not a cursor of this list/),
          path: ["products"],
          extensions: { code: "BAD_USER_INPUT" },
        },
      ]);
    }
    const { errors } = await subgraph.ask(PAGE, { variables: { after: cursor, sort: "PRICE_ASC" } });
    expect(errors).toEqual([]);
  });
});
