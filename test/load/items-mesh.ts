import type { LoadKind } from "./plan.ts";

/** Two domains that share an entity: its names, and how many of it there are. */
export const DOMAINS = ["catalogue", "stock"] as const;
export type Domain = (typeof DOMAINS)[number];

const ITEMS = 300;
const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;
const GOVERNANCE = `@link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask"])`;
const MASK = `@mask(strategy: HMAC, unlessScopes: ["keeper:read"])`;

export const SDL: Readonly<Record<Domain, string>> = {
  catalogue: `${FEDERATION} ${GOVERNANCE}
type Query { items: [Item!]! item(id: ID!): Item }
type Item @key(fields: "id") { id: ID! name: String! price: Float! keeper: String! ${MASK} phone: String! ${MASK} address: String! ${MASK} }`,
  stock: `${FEDERATION}
type Query { warehouses: [String!]! }
type Item @key(fields: "id") { id: ID! inStock: Boolean! available: Int! }`,
};

const items = Array.from({ length: ITEMS }, (_, index) => ({
  id: `I${index}`,
  name: `A thing of kind ${index % 17}, in colour ${index % 5}`,
  price: (index * 37) % 900,
  keeper: `keeper-${index}@example.com`,
  phone: `+44 20 7946 ${1000 + index}`,
  address: `${index} Example Street`,
  inStock: index % 3 > 0,
  available: index % 40,
}));

export const RESOLVERS: Readonly<Record<Domain, object>> = {
  catalogue: {
    Query: {
      items: () => items,
      item: (_: unknown, { id }: { readonly id: string }) => items.find((item) => item.id === id),
    },
  },
  stock: {
    Query: { warehouses: () => ["north", "south"] },
    Item: { __resolveReference: ({ id }: { readonly id: string }) => items.find((item) => item.id === id) },
  },
};

/** Work for the gateway more than for anybody else: what is small to send and has much in it to mask. */
export const HEAVY = "query Heavy { items { id keeper phone address } }";
/** One item, of the catalogue alone. */
export const LIGHT = `query Light { item(id: "I7") { id name price } }`;
/** One item, from both domains. */
export const JOINED = `query Joined { item(id: "I8") { id name available } }`;

/** A query as load, with the answer that the gateway gives to it now. */
export async function kindOf(origin: string, query: string): Promise<LoadKind> {
  const body = JSON.stringify({ query });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${origin}/graphql`, { method: "POST", headers, body });
  const text = await response.text();
  if (!text.startsWith('{"data":{"item')) throw new Error(`a wrong answer: ${text.slice(0, 500)}`);
  return { method: "POST", path: "/graphql", body, right: [text] };
}
