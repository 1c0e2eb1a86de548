import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { customerKey, DEMO, productKey } from "../../../shared/demo-keys.ts";
import { generateCustomers } from "../../../subgraphs/customer/seed.ts";
import { generateOrders } from "../../../subgraphs/order/seed.ts";
import { generateProducts } from "../../../subgraphs/product/seed.ts";

const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
const customers = generateCustomers();
const products = generateProducts();
const { orders, items } = generateOrders();

describe("the demonstration data", () => {
  it("has the size that is promised", () => {
    expect([customers.length, products.length, orders.length]).toEqual([5_000, 1_000, 20_000]);
  });

  it("is the same whenever it is made", () => {
    expect(hash(generateCustomers())).toBe(hash(customers));
    expect(hash(generateProducts())).toBe(hash(products));
    expect(hash(generateOrders())).toBe(hash({ orders, items }));
  });

  it("is the same on every machine: a change of these hashes needs a new marker in seedOnce", () => {
    expect({ customers: hash(customers), products: hash(products), orders: hash({ orders, items }) }).toEqual(
      {
        customers: "561a2b26b1867c61",
        products: "99e8e003c4f101ae",
        orders: "f0701959dc08a4c9",
      },
    );
  });

  it("has every region, and e-mail addresses and telephone numbers that fit", () => {
    const byRegion = (region: string) => customers.filter((customer) => customer.region === region).length;
    expect(byRegion("EMEA")).toBeGreaterThan(2_000);
    expect(byRegion("AMER")).toBeGreaterThan(1_000);
    expect(byRegion("APAC")).toBeGreaterThan(500);
    expect(new Set(customers.map((customer) => customer.email)).size).toBe(5_000);
    for (const { id, name, email, phone } of customers) {
      expect(email).toMatch(/^[a-z]+\.[a-z]+\d+@example\.(com|net|org)$/);
      expect(phone, id).toMatch(/^\+[1-9]\d{6,14}$/);
      expect(email[0]).toBe(name.normalize("NFD").charAt(0).toLowerCase());
    }
  });

  it("has unique ids everywhere, and facts on which the domains agree", () => {
    expect(customers.map(({ id, region, country }) => ({ id, region, country }))).toEqual(
      customers.map((_, index) => {
        const { id, region, country } = customerKey(index + 1);
        return { id, region, country };
      }),
    );
    expect(products.map(({ id, price }) => [id, Math.round(price * 100)])).toEqual(
      products.map((_, index) => [productKey(index + 1).id, productKey(index + 1).cents]),
    );
    expect(new Set(customers.map(({ id }) => id)).size).toBe(5_000);
    expect(new Set(products.map(({ sku }) => sku)).size).toBe(1_000);
    expect(new Set(orders.map(({ id }) => id)).size).toBe(20_000);
  });

  it("has orders of 1 to 8 lines that add up, by customers of the region who had registered", () => {
    const byId = new Map(customers.map((customer) => [customer.id, customer]));
    const lines = new Map<string, (typeof items)[number][]>();
    for (const item of items) lines.set(item.order_id, [...(lines.get(item.order_id) ?? []), item]);
    for (const order of orders) {
      const own = lines.get(order.id) ?? [];
      expect(own.length).toBeGreaterThanOrEqual(1);
      expect(own.length).toBeLessThanOrEqual(8);
      expect(new Set(own.map((item) => item.product_id)).size).toBe(own.length);
      const cents = own.reduce((sum, item) => sum + item.quantity * Math.round(item.unit_price * 100), 0);
      expect(Math.round(order.total * 100)).toBe(cents);
      const customer = byId.get(order.customer_id);
      expect(customer?.region).toBe(order.region);
      expect(Date.parse(customer?.created_at ?? "")).toBeLessThan(Date.parse(order.placed_at));
    }
  });

  it("lies within the two years before its fixed end, oldest first", () => {
    const moments = orders.map((order) => Date.parse(order.placed_at));
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(Math.max(...moments)).toBeLessThanOrEqual(DEMO.now);
    expect(DEMO.now - Math.min(...moments)).toBeLessThanOrEqual(2 * 365 * 86_400_000);
  });
});
