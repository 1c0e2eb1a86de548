import { coordinateFacts, homesOf, offersOf, productsOf, returnedType } from "./coordinate-facts.ts";
import type { Rule } from "./merge-policy.ts";
import type { Supergraph } from "./supergraph.ts";

/** One data product that names a policy in its schema. */
export interface NamingProduct {
  /** Id of the product; empty for coordinates that belong to none. */
  readonly id: string;
  readonly domain: string;
  /** Where its schema names the policy. */
  readonly coordinates: readonly string[];
}

/** The policies that a supergraph names, each with the products that rely on it. */
export type NamedPolicies = ReadonlyMap<string, readonly NamingProduct[]>;

/** Collects the policies that rules name, such as those of `@policy` and `@mask(unlessPolicies:)`; once per generation. */
export function namedPolicies(supergraph: Supergraph): NamedPolicies {
  const known = remembered.get(supergraph);
  if (known) return known;
  const found = collect(supergraph);
  remembered.set(supergraph, found);
  return found;
}

const remembered = new WeakMap<Supergraph, NamedPolicies>();

/** The names that a rule's applications want to know about. */
export function policyNames({ directive, applications }: Rule): readonly string[] {
  return applications.flatMap((args) => directive.policies?.(args) ?? []);
}

function collect(supergraph: Supergraph): NamedPolicies {
  const policies = new Map<string, Map<string, NamingProduct>>();
  for (const [coordinate, rules] of supergraph.policy)
    for (const rule of rules)
      for (const name of policyNames(rule)) {
        const products = policies.get(name) ?? new Map<string, NamingProduct>();
        policies.set(name, products);
        for (const product of productsAt(supergraph, coordinate)) add(products, product, coordinate);
      }
  return new Map([...policies].map(([name, products]) => [name, [...products.values()]]));
}

function add(products: Map<string, NamingProduct>, { id, domain }: Product, coordinate: string): void {
  const coordinates = products.get(id)?.coordinates ?? [];
  if (!coordinates.includes(coordinate))
    products.set(id, { id, domain, coordinates: [...coordinates, coordinate] });
}

type Product = Pick<NamingProduct, "id" | "domain">;

/**
 * The products of the domains that answer a place: those of its type, else of the type it returns, else all. Whether a policy holds depends on them, so
 * no other domain may take one away by what it says of a type: where the place's own domains have none, each counts that
 * the place might belong to, since a policy has to hold for all.
 */
function productsAt(supergraph: Supergraph, coordinate: string): readonly Product[] {
  const { policy } = supergraph;
  const [type = "", field] = coordinate.split(".");
  const ofField = homesOf(supergraph, coordinate);
  const homes = ofField.length > 0 ? ofField : homesOf(supergraph, type);
  const offers = homes.flatMap((domain) => offersOf(supergraph).get(domain) ?? []);
  for (const place of [type, returnedType(supergraph, type, field)]) {
    const there = offers.filter((offer) => offer.type === place);
    if (there.length > 0) return there.map(({ product }) => product);
  }
  if (offers.length > 0) return offers.map(({ product }) => product);
  const { product } = coordinateFacts(supergraph, coordinate);
  const around = productsOf([...(policy.get(type) ?? []), ...(policy.get("schema") ?? [])]);
  const possible = product === null ? around : [product, ...around];
  return possible.length > 0 ? possible : [NO_PRODUCT];
}

const NO_PRODUCT = { id: "", domain: "" };
