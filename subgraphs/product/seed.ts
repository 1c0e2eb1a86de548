import { faker } from "@faker-js/faker/locale/en";
import sql from "sql-template-tag";
import { DEMO, type DemoCategory, productKey } from "../../shared/demo-keys.ts";
import { seedOnce } from "../../shared/subgraph/seed-once.ts";

const FAKER_SEED = 20260630;

/** A product as the table `product` holds it. */
interface ProductSeed {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: DemoCategory;
  readonly price: number;
  readonly currency: string;
  readonly inventory: number;
}

const ADJECTIVES = [
  "Classic",
  "Compact",
  "Elegant",
  "Light",
  "Modern",
  "Practical",
  "Refined",
  "Slim",
  "Sturdy",
];

/** What a product of each category is, and what it is made of or for; faker's own products mix all kinds. */
const WORDS: Readonly<
  Record<DemoCategory, { readonly kinds: readonly string[]; readonly nouns: readonly string[] }>
> = {
  GARDEN: {
    kinds: ["Bamboo", "Oak", "Steel", "Terracotta", "Wicker"],
    nouns: ["Bench", "Garden Chair", "Lantern", "Parasol", "Plant Pot", "Rake", "Trellis", "Watering Can"],
  },
  HOME: {
    kinds: ["Brass", "Ceramic", "Glass", "Linen", "Oak", "Walnut"],
    nouns: ["Armchair", "Bookshelf", "Bowl", "Coffee Table", "Lamp", "Mirror", "Stool", "Vase"],
  },
  FASHION: {
    kinds: ["Cotton", "Denim", "Leather", "Linen", "Silk", "Wool"],
    nouns: ["Backpack", "Belt", "Cap", "Jacket", "Pullover", "Scarf", "Shirt", "Trousers"],
  },
  ELECTRONICS: {
    kinds: ["Gaming", "Office", "Portable", "Studio", "Travel", "Wireless"],
    nouns: ["Camera", "Charger", "Headphones", "Keyboard", "Laptop", "Monitor", "Speaker", "Tablet"],
  },
  SPORTS: {
    kinds: ["Alpine", "Carbon", "Training", "Trail", "Youth"],
    nouns: [
      "Bicycle Helmet",
      "Dumbbells",
      "Paddle",
      "Skis",
      "Sleeping Bag",
      "Tennis Racket",
      "Tent",
      "Yoga Mat",
    ],
  },
  TOYS: {
    kinds: ["Family", "Giant", "Magnetic", "Travel", "Wooden"],
    nouns: ["Board Game", "Building Blocks", "Doll House", "Kite", "Marble Run", "Puzzle", "Train Set"],
  },
};

/** Loads the demonstration products, once. The connection is the owner's or an administrator's. */
export async function seedDomain(databaseUrl: string): Promise<boolean> {
  return seedOnce({ databaseUrl, name: "demo-1", claims: {} }, async (query) => {
    const rows = JSON.stringify(generateProducts());
    await query(sql`INSERT INTO product SELECT * FROM json_populate_recordset(NULL::product, ${rows}::json)`);
    await query(sql`ANALYZE product`);
  });
}

/** The demonstration products: the same ones whenever and wherever they are made. */
export function generateProducts(): readonly ProductSeed[] {
  faker.seed(FAKER_SEED);
  return Array.from({ length: DEMO.products }, (_, index) => generateProduct(index + 1));
}

function generateProduct(number: number): ProductSeed {
  const { id, category, cents } = productKey(number);
  const { kinds, nouns } = WORDS[category];
  const adjective = faker.helpers.arrayElement(ADJECTIVES);
  const thing = `${faker.helpers.arrayElement(kinds)} ${faker.helpers.arrayElement(nouns)}`;
  const soldOut = faker.datatype.boolean(0.05);
  return {
    id,
    sku: `${category.slice(0, 3)}-${faker.string.alphanumeric({ length: 4, casing: "upper" })}-${id.slice(1)}`,
    name: `${adjective} ${thing}`,
    description: `${thing} in ${faker.color.human()}, ${adjective.toLowerCase()} and made to last.`,
    category,
    price: cents / 100,
    currency: DEMO.currency,
    inventory: soldOut ? 0 : faker.number.int({ min: 1, max: 800 }),
  };
}
