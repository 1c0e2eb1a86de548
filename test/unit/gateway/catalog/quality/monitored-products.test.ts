import { expect, test } from "vitest";
import { readMonitoredProducts } from "../../../../../gateway/catalog/quality/monitored-products.ts";
import { compose } from "../../../../../gateway/registry/compose.ts";
import { describePets, petSchema } from "../../../../testkit/describe-product.ts";

const url = "http://127.0.0.1:1/";
const toy = {
  id: "toy.toys",
  domain: "toy",
  outputPorts: [{ type: "Toy", description: "A toy." }],
};
const composed = compose([
  { name: "pet", url, sdl: petSchema(), product: `${describePets()}standards: { odcs: { a: DEEP } }\n` },
  {
    name: "toy",
    url,
    sdl: petSchema().replaceAll("Pet", "Toy").replaceAll("pet", "toy"),
    product: describePets(toy),
  },
]);
if (composed.kind === "refused") throw new Error(JSON.stringify(composed.findings));
const CONTENT = JSON.stringify(composed.artifact);

test("every product that is described is measured", () => {
  const { products, skipped } = readMonitoredProducts(CONTENT);
  expect(products.map(({ id }) => id)).toEqual(["pet.pets", "toy.toys"]);
  expect(skipped).toEqual([]);
});

test.each([
  ["nests deeper than any thread can look", '"DEEP"', "[".repeat(5000) + "]".repeat(5000), RangeError],
  ["promises what is no period", '"freshness":"PT1H"', '"freshness":"soon"', Error],
])(
  "a product that %s, published before that was looked at, is skipped with the reason; the others are measured",
  (_name, from, to, kind) => {
    expect(CONTENT).toContain(from);
    const { products, skipped } = readMonitoredProducts(CONTENT.replace(from, to));
    expect(products).toMatchObject([{ id: "toy.toys", domain: "toy" }]);
    expect(skipped).toEqual([{ subgraph: "pet", error: expect.any(kind) }]);
  },
);
