import type { SubgraphSource } from "../../gateway/registry/compose.ts";
import { createShop, type Shop } from "./shop.ts";

/** A domain of the benchmark: its schema, and what resolves it from the shop held in memory. */
export interface Domain {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: (shop: Shop) => Record<string, Record<string, unknown>>;
}

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])`;
const GOVERNANCE = `@link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask", "@rowFilter", "@classification"])`;

/** The four domains; `governed` adds a mask on contact data, whose deliveries are recorded, and a row filter on orders. */
export function domains(governed: boolean): readonly Domain[] {
  return [customer(governed), product(), order(governed), review()];
}

/** The same as composition wants them; `urls` by domain. */
export function sources(governed: boolean, urls: ReadonlyMap<string, string>): readonly SubgraphSource[] {
  return domains(governed).map(({ name, sdl }) => ({ name, sdl, url: urls.get(name) ?? "" }));
}

/** The shop that every run of the benchmark serves. */
export const SHOP = createShop({ customers: 6, products: 14, reviewsPerCustomer: 5, ordersPerCustomer: 4 });

type Keys<T> = Readonly<T>;

function customer(governed: boolean): Domain {
  const mask = governed
    ? `@mask(strategy: EMAIL, unlessScopes: ["customer:pii"]) @classification(level: RESTRICTED, categories: ["EMAIL"])`
    : "";
  return {
    name: "customer",
    sdl: `${FEDERATION} ${governed ? GOVERNANCE : ""}
type Query {
  customers: [Customer!]!
  customer(id: ID!): Customer
}
type Customer @key(fields: "id") {
  id: ID!
  name: String!
  username: String!
  email: String ${mask}
}`,
    resolvers: (shop) => ({
      Query: {
        customers: () => shop.customers,
        customer: (_: unknown, { id }: Keys<{ id: string }>) => shop.customer(id),
      },
      Customer: { __resolveReference: ({ id }: Keys<{ id: string }>) => shop.customer(id) },
    }),
  };
}

function product(): Domain {
  return {
    name: "product",
    sdl: `${FEDERATION}
type Query {
  topProducts(first: Int = 5): [Product!]!
}
type Product @key(fields: "upc") {
  upc: ID!
  name: String!
  price: Int!
  weight: Int!
}`,
    resolvers: (shop) => ({
      Query: {
        topProducts: (_: unknown, { first }: Keys<{ first: number }>) => shop.products.slice(0, first),
      },
      Product: { __resolveReference: ({ upc }: Keys<{ upc: string }>) => shop.product(upc) },
    }),
  };
}

function order(governed: boolean): Domain {
  return {
    name: "order",
    sdl: `${FEDERATION} ${governed ? GOVERNANCE : ""}
type Customer @key(fields: "id") {
  id: ID!
  orders: [Order!]!
}
type Product @key(fields: "upc") {
  upc: ID!
  price: Int! @external
  weight: Int! @external
  inStock: Boolean!
  shippingEstimate: Int! @requires(fields: "price weight")
}
type Order @key(fields: "id") ${governed ? `@rowFilter(field: "region", claim: "region")` : ""} {
  id: ID!
  region: String!
  status: String!
  total: Float!
  product: Product!
}`,
    resolvers: (shop) => ({
      Customer: {
        __resolveReference: ({ id }: Keys<{ id: string }>) => shop.customer(id),
        orders: ({ id }: Keys<{ id: string }>) => shop.ordersOf(id),
      },
      Product: {
        __resolveReference: (reference: unknown) => reference,
        inStock: ({ upc }: Keys<{ upc: string }>) => shop.product(upc)?.inStock,
        shippingEstimate: ({ price, weight }: Keys<{ price: number; weight: number }>) =>
          price > 1000 ? 0 : Math.round(weight / 2),
      },
      Order: {
        __resolveReference: ({ id }: Keys<{ id: string }>) => shop.order(id),
        product: ({ upc }: Keys<{ upc: string }>) => ({ upc }),
      },
    }),
  };
}

function review(): Domain {
  return {
    name: "review",
    sdl: `${FEDERATION}
type Customer @key(fields: "id") {
  id: ID!
  reviews: [Review!]!
}
type Product @key(fields: "upc") {
  upc: ID!
  reviews: [Review!]!
}
type Review @key(fields: "id") {
  id: ID!
  body: String!
  author: Customer!
  product: Product!
}`,
    resolvers: (shop) => ({
      Customer: { reviews: ({ id }: Keys<{ id: string }>) => shop.reviewsBy(id) },
      Product: { reviews: ({ upc }: Keys<{ upc: string }>) => shop.reviewsOf(upc) },
      Review: {
        __resolveReference: ({ id }: Keys<{ id: string }>) => shop.review(id),
        author: ({ customer }: Keys<{ customer: string }>) => ({ id: customer }),
        product: ({ upc }: Keys<{ upc: string }>) => ({ upc }),
      },
    }),
  };
}
