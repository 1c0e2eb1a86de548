import { describe, expect, test } from "vitest";
import { describeCatalog } from "../../../../gateway/catalog/describe-catalog.ts";
import { composed } from "../../../testkit/compose-schemas.ts";

describe("the catalog of a product that only directives name", () => {
  test("names the product's owner for fields of values, which have none of their own", () => {
    const composition = composed(`type Query { person: Person }
      type Person @dataProduct(id: "hr.people", domain: "hr", version: "1.0.0", status: ACTIVE)
        @owner(team: "hr", contact: "hr@example.com") { id: ID! home: Address }
      type Address { city: String }`);
    if (composition.kind === "refused") throw new Error(JSON.stringify(composition.findings));
    const { products, fields } = describeCatalog(composition.artifact);
    const owner = { team: "hr", contact: "hr@example.com" };
    expect(products).toMatchObject([{ id: "hr.people", owner }]);
    expect(fields.find(({ coordinate }) => coordinate === "Address.city")).toMatchObject({
      product: "hr.people",
      owner,
    });
  });
});
