import sql from "sql-template-tag";
import {
  createRandom,
  customerKey,
  customersBefore,
  DEMO,
  FIRST_ORDER,
  productId,
  productKey,
} from "../../shared/demo-keys.ts";
import { seedOnce } from "../../shared/subgraph/seed-once.ts";
import type { OrderStatus } from "./resolver-types.ts";

/** An order as the table `orders` holds it. */
interface OrderSeed {
  readonly id: string;
  readonly customer_id: string;
  readonly region: string;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly total: number;
  readonly placed_at: string;
}

/** A line as the table `order_item` holds it. */
interface ItemSeed {
  readonly order_id: string;
  readonly line: number;
  readonly product_id: string;
  readonly quantity: number;
  readonly unit_price: number;
  readonly region: string;
}

const RANDOM_SEED = 20260630;
const DAY_MS = 86_400_000;

/**
 * Loads the demonstration orders and the copies of other domains' data, once. The connection is the owner's or an
 * administrator's; the claims let rows of every region through.
 */
export async function seedDomain(databaseUrl: string): Promise<boolean> {
  const claims = { region: ["AMER", "APAC", "EMEA"] };
  return seedOnce({ databaseUrl, name: "demo-1", claims }, async (query) => {
    const { orders, items } = generateOrders();
    const regions = Array.from({ length: DEMO.customers }, (_, index) => customerKey(index + 1));
    const prices = Array.from({ length: DEMO.products }, (_, index) => productKey(index + 1));
    await query(sql`
INSERT INTO customer_region
SELECT * FROM unnest(${regions.map((key) => key.id)}::text[], ${regions.map((key) => key.region)}::text[])`);
    await query(sql`
INSERT INTO product_price
SELECT * FROM unnest(${prices.map((key) => key.id)}::text[], ${prices.map((key) => key.cents / 100)}::numeric[])`);
    await query(sql`
INSERT INTO orders SELECT * FROM json_populate_recordset(NULL::orders, ${JSON.stringify(orders)}::json)`);
    await query(sql`
INSERT INTO order_item SELECT * FROM json_populate_recordset(NULL::order_item, ${JSON.stringify(items)}::json)`);
    await query(sql`SELECT setval('order_number', ${DEMO.orders})`);
    await query(sql`ANALYZE orders, order_item, customer_region, product_price`);
  });
}

/** The demonstration orders, oldest first: the same ones whenever and wherever they are made. */
export function generateOrders(): {
  readonly orders: readonly OrderSeed[];
  readonly items: readonly ItemSeed[];
} {
  const random = createRandom(RANDOM_SEED);
  const prices = Array.from({ length: DEMO.products }, (_, index) => productKey(index + 1).cents);
  const orders: OrderSeed[] = [];
  const items: ItemSeed[] = [];
  for (let number = 1; number <= DEMO.orders; number += 1) {
    const placedAt = placedAtOf(number, random());
    const customer = customerKey(1 + Math.floor(random() * customersBefore(placedAt)));
    const id = `O${String(number).padStart(5, "0")}`;
    const lines = pickLines(random).map(({ product, quantity }, index) => {
      const cents = priceThen(prices[product - 1] ?? 0, placedAt);
      return { order_id: id, line: index + 1, product_id: productId(product), quantity, cents };
    });
    for (const { cents, ...line } of lines) {
      items.push({ ...line, unit_price: cents / 100, region: customer.region });
    }
    const total = lines.reduce((sum, line) => sum + line.quantity * line.cents, 0) / 100;
    orders.push({
      id,
      customer_id: customer.id,
      region: customer.region,
      status: statusOf(placedAt, random()),
      currency: DEMO.currency,
      total,
      placed_at: new Date(placedAt).toISOString(),
    });
  }
  return { orders, items };
}

/** Business grows: later days have more orders. */
function placedAtOf(number: number, luck: number): number {
  const part = (number - 1 + luck) / DEMO.orders;
  return Math.floor(FIRST_ORDER + part ** 0.85 * (DEMO.now - FIRST_ORDER));
}

/** 1 to 8 lines, few more often than many, each product once; low product numbers sell best. */
function pickLines(random: () => number): readonly { readonly product: number; readonly quantity: number }[] {
  const count = 1 + Math.floor(8 * random() ** 2);
  const products = new Set<number>();
  while (products.size < count) products.add(1 + Math.floor(DEMO.products * random() ** 1.6));
  return [...products].map((product) => ({ product, quantity: 1 + Math.floor(4 * random() ** 3) }));
}

/** Prices were raised by about 4 % a year ago, rounded to cents. */
function priceThen(cents: number, placedAt: number): number {
  return placedAt < DEMO.now - 365 * DAY_MS ? Math.round(cents * 0.96) : cents;
}

function statusOf(placedAt: number, luck: number): OrderStatus {
  const days = (DEMO.now - placedAt) / DAY_MS;
  if (luck < 0.04) return "CANCELLED";
  if (days > 10) return luck < 0.1 ? "RETURNED" : "DELIVERED";
  if (days > 4) return "SHIPPED";
  return days > 1 ? "PAID" : "PENDING";
}
