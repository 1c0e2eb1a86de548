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

/** Nouns that fit the category; faker's own products are of all kinds. */
const NOUNS: Readonly<Record<DemoCategory, readonly string[]>> = {
  GARDEN: [
    "Watering Can",
    "Garden Chair",
    "Parasol",
    "Plant Pot",
    "Hedge Trimmer",
    "Lantern",
    "Hammock",
    "Rake",
  ],
  HOME: ["Table", "Lamp", "Armchair", "Bookshelf", "Kettle", "Rug", "Mirror", "Mug Set", "Blanket"],
  FASHION: ["Jacket", "Shirt", "Sneakers", "Scarf", "Jeans", "Backpack", "Pullover", "Belt"],
  ELECTRONICS: ["Headphones", "Keyboard", "Monitor", "Tablet", "Speaker", "Camera", "Charger", "Laptop"],
  SPORTS: ["Bicycle Helmet", "Yoga Mat", "Tent", "Tennis Racket", "Dumbbells", "Kayak Paddle", "Ski Goggles"],
  TOYS: ["Puzzle", "Building Blocks", "Board Game", "Train Set", "Doll House", "Kite", "Marble Run"],
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
  const adjective = faker.commerce.productAdjective();
  const material = faker.commerce.productMaterial();
  const noun = faker.helpers.arrayElement(NOUNS[category]);
  const soldOut = faker.datatype.boolean(0.05);
  return {
    id,
    sku: `${category.slice(0, 3)}-${faker.string.alphanumeric({ length: 4, casing: "upper" })}-${id.slice(1)}`,
    name: `${adjective} ${material} ${noun}`,
    description: `${adjective} ${noun.toLowerCase()} of ${material.toLowerCase()} in ${faker.color.human()}.`,
    category,
    price: cents / 100,
    currency: DEMO.currency,
    inventory: soldOut ? 0 : faker.number.int({ min: 1, max: 800 }),
  };
}
