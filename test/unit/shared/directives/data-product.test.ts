import { describe, expect, it } from "vitest";
import { dataProduct } from "../../../../shared/directives/data-product.ts";
import { applied, merged } from "../../../testkit/apply-directive.ts";

const product = (version: string, status: string) =>
  `@dataProduct(id: "crm.customers", domain: "crm", version: "${version}", status: ${status})`;

describe("@dataProduct", () => {
  it("joins descriptions by id and version", () => {
    const said = {
      a: [product("1.0.0", "ACTIVE")],
      b: [product("1.0.0", "ACTIVE"), product("2.0.0", "DRAFT")],
    };
    expect(merged(dataProduct, said)).toHaveLength(2);
  });

  it("conflicts where one version is described in two ways", () => {
    const said = { a: [product("1.0.0", "ACTIVE")], b: [product("1.0.0", "RETIRED")] };
    expect(merged(dataProduct, said)).toMatch(/crm\.customers@1\.0\.0/);
  });

  it("takes whole versions and known stages", () => {
    expect(() => applied(dataProduct, product("1", "ACTIVE"))).toThrow(/1\.0\.0/);
    expect(() => applied(dataProduct, product("1.0.0", `"ACTIVE"`))).toThrow(/enum value/);
  });
});
