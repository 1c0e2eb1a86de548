import { describe, expect, test } from "vitest";
import { check } from "../../../../gateway/registry/check.ts";
import { compose } from "../../../../gateway/registry/compose.ts";
import { linked } from "../../../testkit/compose-schemas.ts";

const schema = (type: string, directives: string) => ({
  name: type.toLowerCase(),
  url: "http://127.0.0.1:1/",
  sdl: linked(`type Query { of${type}: ${type} }\ntype ${type} ${directives} { id: ID! }`),
});

const product = (id: string, domain = "crm") =>
  `@dataProduct(id: "${id}", domain: "${domain}", version: "1.0.0", status: ACTIVE)`;

async function refusal(directives: string) {
  const { name, ...source } = schema("Person", directives);
  const report = await check({ published: [], artifact: null, changes: [{ name, source }] });
  const errors = report.findings.filter(({ severity }) => severity === "error");
  return { isRefused: report.artifact === null, errors };
}

describe("arguments that nothing can keep", () => {
  test.each([
    ["U+0000 in a product's id", product("crm.people\\u0000"), /id: expected `domain.product`/],
    ["an id without its domain", product("people"), /id: expected `domain.product`/],
    ["an id longer than any table's key", product(`crm.${"a".repeat(200)}`), /id: .*200/],
    ["a domain in capitals", product("crm.people", "CRM"), /domain: expected lower-case letters/],
    ["U+0000 in a domain", product("crm.people", "crm\\u0000"), /domain: expected lower-case letters/],
    ["U+0000 in an owner's team", `@owner(team: "a\\u0000", contact: "a@b.c")`, /U\+0000/],
    ["U+0000 in a scope", `@requiresScopes(scopes: [["a\\u0000"]])`, /U\+0000/],
  ])("are refused when they are published: %s", async (_what, directives, reason) => {
    const { isRefused, errors } = await refusal(directives);
    expect(isRefused).toBe(true);
    expect(errors).toMatchObject([
      {
        code: "DIRECTIVE_ARGUMENTS_INVALID",
        coordinate: "Person",
        subgraphs: ["person"],
        message: expect.stringMatching(reason),
        remedy: expect.stringMatching(/\S/),
        location: { line: expect.any(Number) },
      },
    ]);
  });

  test("are no reason to refuse whole characters or what only looks like an escape", async () => {
    const owner = `@owner(team: "caf\\u00e9 \\\\u0000 \\u{1f600}", contact: "a@b.c")`;
    expect(await refusal(`${product("crm.people")} ${owner}`)).toEqual({ isRefused: false, errors: [] });
  });

  test("of one domain, published before they were looked at, do not refuse what another publishes", async () => {
    const before = schema("Person", product("crm.people\\u0000"));
    const composition = compose([before]);
    const artifact = composition.kind === "composed" ? composition.artifact : null;
    expect(artifact).not.toBeNull();
    const { name, ...source } = schema("Order", product("order.orders", "order"));
    const report = await check({ published: [before], artifact, changes: [{ name, source }] });
    expect(report.artifact).not.toBeNull();
    expect(report.findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});
