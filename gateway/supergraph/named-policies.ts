import { coordinateFacts } from "./coordinate-facts.ts";
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
  const places = new Map<string, string[]>();
  for (const [coordinate, rules] of supergraph.policy)
    for (const name of new Set(rules.flatMap(policyNames)))
      places.set(name, [...(places.get(name) ?? []), coordinate]);
  return new Map([...places].map(([name, coordinates]) => [name, byProduct(supergraph, coordinates)]));
}

function byProduct(supergraph: Supergraph, coordinates: readonly string[]): readonly NamingProduct[] {
  const products = new Map<string, NamingProduct>();
  for (const coordinate of coordinates) {
    const { id, domain } = coordinateFacts(supergraph, coordinate).product ?? NO_PRODUCT;
    const known = products.get(id)?.coordinates ?? [];
    products.set(id, { id, domain, coordinates: [...known, coordinate] });
  }
  return [...products.values()];
}

const NO_PRODUCT = { id: "", domain: "" };
