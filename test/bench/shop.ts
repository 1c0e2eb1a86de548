/** How many of everything a shop has. */
export interface ShopSize {
  readonly customers: number;
  readonly products: number;
  readonly reviewsPerCustomer: number;
  readonly ordersPerCustomer: number;
}

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly email: string;
}

export interface Product {
  readonly upc: string;
  readonly name: string;
  readonly price: number;
  readonly weight: number;
  readonly inStock: boolean;
}

export interface Review {
  readonly id: string;
  readonly body: string;
  readonly customer: string;
  readonly upc: string;
}

export interface Order {
  readonly id: string;
  readonly region: string;
  readonly status: string;
  readonly total: number;
  readonly customer: string;
  readonly upc: string;
}

/** Everything the benchmark's domains know, the same in every run. */
export interface Shop {
  readonly customers: readonly Customer[];
  readonly products: readonly Product[];
  readonly customer: (id: string) => Customer | undefined;
  readonly product: (upc: string) => Product | undefined;
  readonly review: (id: string) => Review | undefined;
  readonly order: (id: string) => Order | undefined;
  readonly reviewsBy: (customer: string) => readonly Review[];
  readonly reviewsOf: (upc: string) => readonly Review[];
  readonly ordersOf: (customer: string) => readonly Order[];
}

const NAMES = [
  "Hedy Lamarr",
  "Jean Bartik",
  "Ada Lovelace",
  "Grace Hopper",
  "Barbara Liskov",
  "Radia Perlman",
];
const GOODS = ["Table", "Couch", "Glass", "Chair", "TV Stand", "Lamp", "Grill", "Fridge", "Sofa"];
const REGIONS = ["EMEA", "AMER", "APAC"];
const STATUSES = ["PLACED", "PAID", "SHIPPED"];

/** Builds a shop of this size; every number follows from the position. */
export function createShop(size: ShopSize): Shop {
  const customers = list(size.customers, (i) => ({
    id: `C${i + 1}`,
    name: pick(NAMES, i),
    username: pick(NAMES, i).toLowerCase().replace(" ", "."),
    email: `${pick(NAMES, i).toLowerCase().replace(" ", ".")}@example.com`,
  }));
  const products = list(size.products, (i) => ({
    upc: `P${i + 1}`,
    name: pick(GOODS, i),
    price: ((i * 397) % 1500) + 15,
    weight: ((i * 53) % 900) + 10,
    inStock: i % 3 !== 0,
  }));
  const reviews = customers.flatMap((customer, c) =>
    list(size.reviewsPerCustomer, (r) => ({
      id: `R${c * size.reviewsPerCustomer + r + 1}`,
      body: `"${pick(GOODS, c + r)}" does what it should, says ${customer.name}.`,
      customer: customer.id,
      upc: pick(products, c * size.reviewsPerCustomer + r).upc,
    })),
  );
  const orders = customers.flatMap((customer, c) =>
    list(size.ordersPerCustomer, (o) => ({
      id: `O${c * size.ordersPerCustomer + o + 1}`,
      region: pick(REGIONS, c + o),
      status: pick(STATUSES, c * 2 + o),
      total: (((c + 1) * (o + 3) * 1999) % 90000) / 100,
      customer: customer.id,
      upc: pick(products, c + o * 2).upc,
    })),
  );
  const find = <T>(items: readonly T[], key: keyof T) => {
    const index = new Map(items.map((item) => [String(item[key]), item]));
    return (value: string) => index.get(value);
  };
  return {
    customers,
    products,
    customer: find(customers, "id"),
    product: find(products, "upc"),
    review: find(reviews, "id"),
    order: find(orders, "id"),
    reviewsBy: (id) => reviews.filter((item) => item.customer === id),
    reviewsOf: (upc) => reviews.filter((item) => item.upc === upc),
    ordersOf: (id) => orders.filter((item) => item.customer === id),
  };
}

function list<T>(length: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length }, (_, index) => make(index));
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("the list is empty");
  return item;
}
