import { describe, expect, test } from "vitest";
import { check } from "../../../../gateway/registry/check.ts";
import { compose } from "../../../../gateway/registry/compose.ts";
import { describePets, petSchema } from "../../../testkit/describe-product.ts";

const LONGEST = "a".repeat(200);
const LONG = "a".repeat(201);

async function refusal(sdl: string, product: string | null) {
  const source = { sdl, product, url: "http://127.0.0.1:1/" };
  const report = await check({ published: [], artifact: null, changes: [{ name: "pet", source }] });
  const errors = report.findings.filter(({ severity }) => severity === "error");
  return { isRefused: report.artifact === null, errors };
}

const rule = (name: string) => ({ name, rule: "notNull", on: "Pet.name" });

describe("names that no table takes as a key", () => {
  test.each([
    ["id", { id: `pet.${LONG}` }],
    ["name", { name: LONG }],
    ["owner.team", { owner: { team: LONG, contact: "a@example.com" } }],
    ["tags.1", { tags: ["a", LONG] }],
    ["quality.0.name", { quality: [rule(LONG)] }],
    ["roles.0.name", { roles: [{ name: LONG, access: "read" }] }],
  ])("are refused when product.yaml with them is published: %s", async (place, changes) => {
    const { isRefused, errors } = await refusal(petSchema(), describePets(changes));
    expect(isRefused).toBe(true);
    expect(errors).toMatchObject([
      {
        code: "NAME_TOO_LONG",
        subgraphs: ["pet"],
        message: `product.yaml: ${place} has more than 200 characters.`,
        remedy: expect.stringMatching(/\S/),
      },
    ]);
  });

  test.each([
    ["a field", petSchema("", `\n${LONG}: Int`)],
    ["an argument", petSchema("", `\nage(\n${LONG}: Int): Int`)],
    ["a type", petSchema("", `\nage: ${LONG}`) + ` type ${LONG} { a: Int }`],
    ["an enum's value", petSchema("", "age: Age") + `enum Age {\n${LONG} }`],
  ])("are refused when a schema with them is published: %s", async (_what, sdl) => {
    const { isRefused, errors } = await refusal(sdl, null);
    expect(isRefused).toBe(true);
    expect(errors).toMatchObject([
      {
        code: "NAME_TOO_LONG",
        message: expect.stringMatching(/^The name a{40}… has 201 characters; there may be 200\.$/),
        location: { line: expect.any(Number) },
      },
    ]);
  });

  test("have as many characters as there may be, in letters of any length", async () => {
    const product = describePets({ name: "\u{1f600}".repeat(200), quality: [rule(LONGEST)] });
    expect(await refusal(petSchema("", `${LONGEST}: Int`), product)).toEqual({
      isRefused: false,
      errors: [],
    });
  });

  test("of one domain, published before they were looked at, do not refuse what another publishes", async () => {
    const url = "http://127.0.0.1:1/";
    const before = {
      name: "pet",
      sdl: petSchema("", `${LONG}: Int`),
      url,
      product: describePets({ name: LONG }),
    };
    const composition = compose([before]);
    const artifact = composition.kind === "composed" ? composition.artifact : null;
    expect(artifact).not.toBeNull();
    const source = { sdl: "type Query { other: Int }", url };
    const report = await check({ published: [before], artifact, changes: [{ name: "other", source }] });
    expect(report.artifact).not.toBeNull();
    expect(report.findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});
