import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describePets, petSchema } from "../../testkit/describe-product.ts";
import { manyWords, noise } from "../../testkit/long-texts.ts";
import { publishUnchecked } from "../../testkit/publish-unchecked.ts";
import { domainChange, startCatalog, type TestCatalog } from "../../testkit/start-catalog.ts";

const NAME = noise(3000);
const PATIENCE = 60_000;

// An index of Postgres takes texts of up to 2.7 kB, and a tsvector one of 1 MB: one domain stopped the catalog of all.
describe("texts that are longer than Postgres takes, in what was published before they were looked at", () => {
  let catalog: TestCatalog;
  let round = 0;
  beforeAll(async () => {
    catalog = await startCatalog();
    await catalog.publish([domainChange("customer")]);
  }, PATIENCE);
  afterAll(() => catalog.stop());

  /** What another domain publishes after it is in the catalog, and found. */
  async function expectFollowed(): Promise<void> {
    round += 1;
    const word = `zebra${"abcdefghijklmnop"[round]}`;
    const purpose = `purpose: "For ${word}."`;
    await catalog.publish([
      domainChange("product", (sdl, text) => [
        `${sdl}\nextend type Query {\n  "Of round ${round}."\n  ${word}: Int\n}\n`,
        text.replace(/^purpose:[^\n]*(\n +[^\n]*)*/m, purpose),
      ]),
    ]);
    const { data } = await catalog.ask(
      `{ dataProduct(id: "product.catalog") { purpose } found: dataProducts(search: "${word}") { nodes { id } } }`,
    );
    expect(data).toEqual({
      dataProduct: { purpose: `For ${word}.` },
      found: { nodes: [{ id: "product.catalog" }] },
    });
  }

  const long = (changes: object) => ({ name: "pet", sdl: petSchema(), product: describePets(changes) });
  test.each([
    ["an id", long({ id: `pet.${NAME}` })],
    ["a name", long({ name: NAME })],
    ["a name and an id, each of which would do", long({ id: `pet.${noise(1800)}`, name: noise(1800, "b") })],
    ["a name of characters of four bytes", long({ name: `${noise(199)}\u{1f600}${noise(700)}` })],
    ["a team, a tag, and a domain's words", long({ owner: { team: NAME, contact: "a@b.cc" }, tags: [NAME] })],
    ["a description", long({ description: manyWords(900_000), purpose: manyWords(90_000) })],
    ["a word", long({ description: noise(400_000) })],
    ["a word of many parts", long({ description: manyWords(400_000).replaceAll(" ", "_") })],
    [
      "compound words, hosts and paths",
      long({
        description: manyWords(60_000).replaceAll(" ", "-"),
        purpose: manyWords(60_000).replace(/ (\w+) (\w+)/g, " $1.com/$2"),
        tags: [manyWords(60_000).replace(/(\w)(\w+) /g, "$1-$2 ")],
      }),
    ],
    [
      "a type and its field",
      {
        name: "pet",
        sdl: petSchema("", `${NAME}: Toy${NAME}`) + `type Toy${NAME} { ${NAME}: Int }`,
        product: describePets(),
      },
    ],
    [
      "a product's id in a directive",
      {
        name: "pet",
        sdl: petSchema(`@dataProduct(id: "pet.${NAME}", domain: "pet", version: "1.0.0", status: ACTIVE)`),
      },
    ],
    [
      "a field's description",
      {
        name: "pet",
        sdl: petSchema("", `"${manyWords(1_200_000)}" note: Int`),
        product: describePets(),
      },
    ],
  ])(
    "leave the catalog following every domain, and what has them is in it: %s",
    async (_what, source) => {
      await publishUnchecked(catalog.tested, source);
      await expectFollowed();
      const { data } = await catalog.ask(
        `{ dataProducts(domain: "pet") { nodes { id name fields { coordinate name } } } }`,
      );
      const [product, ...others] = data.dataProducts.nodes;
      expect(others).toEqual([]);
      expect(product.id).toMatch(/^pet\./);
      expect(Buffer.byteLength(`${product.id}${product.name}`)).toBeLessThan(2000);
      expect(product.fields).toEqual(
        expect.arrayContaining([expect.objectContaining({ coordinate: "Pet.name" })]),
      );
    },
    PATIENCE,
  );

  test("of two that begin alike there are two", async () => {
    const ids = [`pet.${NAME}a`, `pet.${NAME}b`];
    const types = ids.map(
      (id, index) =>
        `type Odd${index} @dataProduct(id: "${id}", domain: "pet", version: "1.0.0", status: ACTIVE) { id: ID! }`,
    );
    const sdl = `${petSchema("", "odd0: Odd0 odd1: Odd1")}\n${types.join("\n")}`;
    await publishUnchecked(catalog.tested, { name: "pet", sdl });
    await expectFollowed();
    const { data } = await catalog.ask(`{ dataProducts(domain: "pet") { nodes { id } } }`);
    expect(new Set(data.dataProducts.nodes.map(({ id }: { id: string }) => id)).size).toBe(2);
  });

  test("are no error in a question either", async () => {
    const { errors } = await catalog.ask(`{ dataProducts(search: "${noise(5000)}") { nodes { id } } }`);
    expect(errors).toEqual([]);
  });
});
