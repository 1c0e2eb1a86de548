import { expect, test } from "vitest";
import { check } from "../../../../gateway/registry/check.ts";
import { compose, type SubgraphSource } from "../../../../gateway/registry/compose.ts";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;
const url = "http://127.0.0.1:1/graphql";
/** Nobody says which format its currency has, or who owns it. */
const order: SubgraphSource = {
  name: "order",
  url,
  sdl: `${LINK} "All." type Query { "One." order: Order } "An order." type Order @key(fields: "id") { id: ID! "In." currency: String }`,
};
const shipping = `${LINK} extend type Order @key(fields: "id") { id: ID! "Its parcel's." currencyPaid: CURRENCY }`;

async function codesOf(published: readonly SubgraphSource[], name: string, sdl: string) {
  const before = compose(published);
  if (before.kind === "refused") throw new Error(JSON.stringify(before.findings));
  const changes = [{ name, source: { sdl, url } }];
  const { findings } = await check({ published, artifact: before.artifact, changes });
  return findings.map(({ code, coordinate, subgraphs, location }) => ({
    code,
    coordinate,
    subgraphs,
    line: location?.line,
  }));
}

test("a domain is warned of its own places, not of what another domain leaves open", async () => {
  const formats = (all: Awaited<ReturnType<typeof codesOf>>) =>
    all.filter(({ code }) => code === "FORMAT_MISSING");
  const own = await codesOf([order], "order", order.sdl.replace("An order.", "One order."));
  expect(formats(own)).toEqual([
    { code: "FORMAT_MISSING", coordinate: "Order.currency", subgraphs: ["order"], line: 1 },
  ]);
  const others = await codesOf([order], "shipping", shipping.replace("CURRENCY", "String"));
  expect(formats(others).map(({ coordinate }) => coordinate)).not.toContain("Order.currency");
  const refused = await codesOf([order], "shipping", `${LINK} type Query { order: Int }`);
  expect(formats(refused)).toEqual([]);
});

test("what refuses the whole is told to whoever would publish it, wherever it is", async () => {
  const others = await codesOf([order], "shipping", `${LINK} type Query { order: Int }`);
  expect(others.map(({ code }) => code)).toContain("FIELD_TYPE_MISMATCH");
  expect((await codesOf([order], "shipping", "type Query {")).map(({ code }) => code)).toContain(
    "INVALID_GRAPHQL",
  );
});

const nested = (open: string, close: string, count: number) => open.repeat(count) + close.repeat(count);
const field = (sdl: string) => `${LINK} scalar Any type Query { order: Order ${sdl} } type Order { id: ID! }`;

test.each([61, 6000, 100_000])(
  "a schema that nests %s levels more is refused with the reason, wherever it nests",
  async (count) => {
    const schemas = [
      field(`deep: ${"[".repeat(count)}Int${"]".repeat(count)}`)
        .replace("deep: ", "deep: [[[")
        .replace(" } type", "]]] } type"),
      field(`deep(a: Any = ${nested("[", "]", count + 3)}): Int`),
      field(`deep(a: Any = ${"{a: ".repeat(count + 3)}1${"}".repeat(count + 3)}): Int`),
      `${LINK} type Query { order: Order } type Order @key(fields: "${"self {".repeat(count + 4)}id${"}".repeat(count + 4)}") { id: ID! self: Order }`,
      `${LINK} type Query ${"{".repeat(count + 4)}`,
    ];
    for (const sdl of schemas)
      expect(
        await check({ published: [], artifact: null, changes: [{ name: "order", source: { sdl, url } }] }),
      ).toEqual({
        artifact: null,
        findings: [
          expect.objectContaining({
            severity: "error",
            code: "INVALID_GRAPHQL",
            message: expect.stringMatching(/nests more than 64 deep/),
          }),
        ],
      });
  },
);

test("brackets of texts that describe, and selections of ten levels, are not counted as too deep", async () => {
  const sdl = `${LINK} "${"{".repeat(100)}" type Query { order: Order } type Order @key(fields: "${"self {".repeat(10)}id${"}".repeat(10)}") { id: ID! self: Order }`;
  const { artifact, findings } = await check({
    published: [],
    artifact: null,
    changes: [{ name: "order", source: { sdl, url } }],
  });
  expect(findings.map(({ message }) => message)).not.toContainEqual(expect.stringMatching(/nests/));
  expect(artifact).not.toBeNull();
});

test.each(["{a: 1}", "[1]", "{a: [{b: null}]}"])(
  "what composes and no gateway could serve is refused: %s as the default value of a custom scalar",
  async (value) => {
    const sdl = `${LINK} scalar Json type Query { "It." deep(a: Json = ${value}): Int }`;
    expect(await codesOf([order], "deep", sdl)).toEqual([
      { code: "SUPERGRAPH_INVALID", coordinate: null, subgraphs: ["deep"], line: undefined },
    ]);
  },
);

test("a plain default value of a custom scalar is nothing to refuse", async () => {
  const sdl = `${LINK} scalar Json type Query { "It." deep(a: Json = 1): Int }`;
  expect((await codesOf([order], "deep", sdl)).map(({ code }) => code)).not.toContain("SUPERGRAPH_INVALID");
});
