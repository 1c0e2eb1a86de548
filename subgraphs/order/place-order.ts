import { createHash } from "node:crypto";
import sql from "sql-template-tag";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { Query } from "../../shared/subgraph/request-database.ts";
import type { Context } from "./loaders.ts";
import type { PlaceOrderInput } from "./resolver-types.ts";
import type { OrderRow } from "./rows.ts";

const inputSchema = z.object({
  customerId: z.string().min(1).max(100),
  idempotencyKey: z.string().min(8, "expected 8 to 100 characters").max(100, "expected 8 to 100 characters"),
  items: z
    .array(z.object({ productId: z.string().min(1).max(100), quantity: z.int().min(1).max(1000) }))
    .min(1, "expected 1 to 50 lines")
    .max(50, "expected 1 to 50 lines")
    .refine((items) => new Set(items.map((item) => item.productId)).size === items.length, {
      error: "expected each product once",
    }),
});

type OrderRequest = z.infer<typeof inputSchema>;

interface Placed {
  readonly orderId: string;
  readonly replayed: boolean;
}

/**
 * Places an order, or finds the one that an equal request with the same key of the same caller placed before.
 * Throws UNAUTHENTICATED, BAD_USER_INPUT or IDEMPOTENCY_CONFLICT; then nothing is kept, the key included.
 */
export async function placeOrder(
  input: PlaceOrderInput,
  { caller, database, loaders }: Context,
): Promise<{ readonly order: OrderRow | null; readonly replayed: boolean }> {
  const { subject } = caller;
  if (subject === null) throw new ClientError("UNAUTHENTICATED", "Only a known caller may place an order");
  const request = parseInput(input);
  const { orderId, replayed } = await database.write((query) => place(query, subject, request));
  return { order: await loaders.order.clear(orderId).load(orderId), replayed };
}

function parseInput(input: PlaceOrderInput): OrderRequest {
  const parsed = inputSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `${["input", ...issue.path].join(".")}: ${issue.message}`,
  );
  throw new ClientError("BAD_USER_INPUT", faults.join("; "));
}

async function place(query: Query, subject: string, request: OrderRequest): Promise<Placed> {
  const hash = hashRequest(request);
  // An equal key in a transaction still open makes this wait for its end.
  const [claimed] = await query<{ orderId: string }>(sql`
INSERT INTO order_request (subject, idempotency_key, request_hash)
VALUES (${subject}, ${request.idempotencyKey}, ${hash})
ON CONFLICT DO NOTHING RETURNING order_id AS "orderId"`);
  if (!claimed) return findPlaced(query, subject, request.idempotencyKey, hash);
  await insertOrder(query, claimed.orderId, request);
  await insertItems(query, claimed.orderId, request);
  return { orderId: claimed.orderId, replayed: false };
}

async function findPlaced(query: Query, subject: string, key: string, hash: string): Promise<Placed> {
  const [earlier] = await query<{ orderId: string; hash: string }>(sql`
SELECT order_id AS "orderId", request_hash AS hash FROM order_request
WHERE subject = ${subject} AND idempotency_key = ${key}`);
  if (earlier?.hash !== hash) {
    throw new ClientError("IDEMPOTENCY_CONFLICT", "input.idempotencyKey: already used for another order");
  }
  return { orderId: earlier.orderId, replayed: true };
}

/** The region is the customer's; row-level security hides customers of regions the caller has not. */
async function insertOrder(query: Query, orderId: string, request: OrderRequest): Promise<void> {
  const [inserted] = await query<{ id: string }>(sql`
INSERT INTO orders (id, customer_id, region, status, currency, total, placed_at)
SELECT ${orderId}, id, region, 'PENDING', 'EUR', 0, now() FROM customer_region WHERE id = ${request.customerId}
RETURNING id`);
  if (!inserted) {
    throw new ClientError(
      "BAD_USER_INPUT",
      "input.customerId: no such customer in the regions you may order for",
    );
  }
}

/** Prices come from our own copy of the price list, never from the client. */
async function insertItems(query: Query, orderId: string, { items }: OrderRequest): Promise<void> {
  const productIds = items.map((item) => item.productId);
  const quantities = items.map((item) => item.quantity);
  const inserted = await query<{ productId: string }>(sql`
INSERT INTO order_item (order_id, line, product_id, quantity, unit_price, region)
SELECT orders.id, line.n, price.product_id, line.quantity, price.price, orders.region
FROM unnest(${productIds}::text[], ${quantities}::int[]) WITH ORDINALITY AS line(product_id, quantity, n)
JOIN product_price price ON price.product_id = line.product_id
JOIN orders ON orders.id = ${orderId}
RETURNING product_id AS "productId"`);
  const known = new Set(inserted.map((row) => row.productId));
  const unknown = productIds.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new ClientError("BAD_USER_INPUT", `input.items: no such product: ${unknown.join(", ")}`);
  await query(sql`
UPDATE orders SET total = (SELECT sum(quantity * unit_price) FROM order_item WHERE order_id = ${orderId})
WHERE id = ${orderId}`);
}

/** Equal requests have equal hashes, in whatever order their lines are. */
function hashRequest({ customerId, items }: OrderRequest): string {
  const lines = items.map((item) => `${JSON.stringify(item.productId)}:${item.quantity}`).sort();
  return createHash("sha256")
    .update(JSON.stringify([customerId, lines]))
    .digest("hex");
}
