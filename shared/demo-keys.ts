/**
 * What the demonstration data of all domains agrees on: ids and the few facts that one domain knows of another's
 * entities. All of it follows from a number by formula, so that no domain has to read another's seed.
 */
export const DEMO = {
  customers: 5_000,
  products: 1_000,
  orders: 20_000,
  /** The data ends here, whenever it is loaded. */
  now: Date.UTC(2026, 5, 30, 12),
  currency: "EUR",
} as const;

const DAY_MS = 86_400_000;
/** Customers have registered for six years, orders are kept for two. */
const FIRST_CUSTOMER = DEMO.now - 6 * 365 * DAY_MS;
export const FIRST_ORDER = DEMO.now - 2 * 365 * DAY_MS;

export type DemoRegion = "AMER" | "APAC" | "EMEA";

export interface CustomerKey {
  readonly id: string;
  readonly country: DemoCountry;
  readonly region: DemoRegion;
  /** Milliseconds since the epoch; grows with the number. */
  readonly createdAt: number;
}

export interface ProductKey {
  readonly id: string;
  readonly category: DemoCategory;
  /** List price in cents. */
  readonly cents: number;
}

/** Countries with their share of customers in percent. */
const COUNTRIES = [
  ["DE", "EMEA", 14],
  ["FR", "EMEA", 10],
  ["GB", "EMEA", 10],
  ["ES", "EMEA", 6],
  ["IT", "EMEA", 5],
  ["ZA", "EMEA", 3],
  ["US", "AMER", 20],
  ["CA", "AMER", 6],
  ["MX", "AMER", 4],
  ["BR", "AMER", 4],
  ["AU", "APAC", 7],
  ["IN", "APAC", 7],
  ["ID", "APAC", 4],
] as const satisfies readonly (readonly [string, DemoRegion, number])[];

export type DemoCountry = (typeof COUNTRIES)[number][0];

/** Categories with their cheapest and dearest price in euro. */
const CATEGORIES = [
  ["GARDEN", 5, 400],
  ["HOME", 8, 900],
  ["FASHION", 10, 250],
  ["ELECTRONICS", 15, 1_800],
  ["SPORTS", 6, 600],
  ["TOYS", 4, 120],
] as const;

export type DemoCategory = (typeof CATEGORIES)[number][0];

/** The customer with this number, from 1. */
export function customerKey(number: number): CustomerKey {
  const random = createRandom(number * 2);
  const [country, region] = pickCountry(random() * 100);
  const slot = (DEMO.now - FIRST_CUSTOMER) / DEMO.customers;
  const createdAt = Math.floor(FIRST_CUSTOMER + (number - 1 + random()) * slot);
  return { id: `C${String(number).padStart(4, "0")}`, country, region, createdAt };
}

/** How many customers had registered at this moment: the highest number that may have ordered then. */
export function customersBefore(moment: number): number {
  return Math.floor(((moment - FIRST_CUSTOMER) / (DEMO.now - FIRST_CUSTOMER)) * DEMO.customers);
}

/** The product with this number, from 1. */
export function productKey(number: number): ProductKey {
  const random = createRandom(number * 2 + 1);
  const [category, low, high] = CATEGORIES[Math.floor(random() * CATEGORIES.length)] ?? CATEGORIES[0];
  // Most things are cheap: the logarithm of the price is spread evenly.
  const euros = Math.round(low * (high / low) ** random());
  return { id: productId(number), category, cents: euros * 100 - (random() < 0.7 ? 1 : 5) };
}

/** The id of a product by number. */
export function productId(number: number): string {
  return `P${String(number).padStart(4, "0")}`;
}

/** Numbers in [0, 1) that follow from the seed: mulberry32 (Tommy Ettinger, public domain). */
export function createRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pickCountry(percent: number): (typeof COUNTRIES)[number] {
  let sum = 0;
  for (const country of COUNTRIES) {
    sum += country[2];
    if (percent < sum) return country;
  }
  return COUNTRIES[0];
}
