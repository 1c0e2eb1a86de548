import { getNamedType, isInterfaceType, isObjectType } from "graphql";
import { CLASSIFICATIONS } from "../../shared/classification-levels.ts";
import type { PlaceFacts } from "../../shared/define-directive.ts";
import type { Rule } from "./merge-policy.ts";
import type { Supergraph } from "./supergraph.ts";

/** What the governance of a supergraph says about a place, for people: audit, explain, policies. */
export interface CoordinateFacts {
  /** The data product it belongs to. */
  readonly product: { readonly id: string; readonly domain: string } | null;
  readonly owner: { readonly team: string; readonly contact: string } | null;
  /** The highest level that holds there, and all categories. */
  readonly classification: { readonly level: string; readonly categories: readonly string[] } | null;
}

/**
 * The facts about a type or a field. A field belongs to the product of its type, of the type it returns, or of the
 * schema where that has one only, in this order; so does its owner. What another domain alone adds to a type belongs to
 * that domain's product, where it has one only, as in the catalog.
 */
export function coordinateFacts(supergraph: Supergraph, coordinate: string): CoordinateFacts {
  const bySupergraph = remembered.get(supergraph) ?? new Map<string, CoordinateFacts>();
  remembered.set(supergraph, bySupergraph);
  const known = bySupergraph.get(coordinate);
  if (known) return known;
  const facts = collect(supergraph, coordinate);
  bySupergraph.set(coordinate, facts);
  return facts;
}

const remembered = new WeakMap<Supergraph, Map<string, CoordinateFacts>>();

function collect(supergraph: Supergraph, coordinate: string): CoordinateFacts {
  const { policy, fieldPolicies } = supergraph;
  const [type = "", field] = coordinate.split(".");
  const contributing = field === undefined ? null : contributingType(supergraph, type, coordinate);
  const around = [contributing, type, returnedType(supergraph, type, field)];
  const places = [coordinate, ...around].flatMap((place) =>
    place === null ? [] : [policy.get(place) ?? []],
  );
  const rules = field === undefined ? (places[0] ?? []) : (fieldPolicies.of(type, field)?.rules ?? []);
  const schemaRules = policy.get("schema") ?? [];
  const schemaProducts = factsOf(schemaRules).flatMap(({ product }) => product ?? []);
  return {
    product:
      places.flatMap(factsOf).flatMap(({ product }) => product ?? [])[0] ??
      (schemaProducts.length === 1 ? schemaProducts[0] : undefined) ??
      null,
    owner: [...places, schemaRules].flatMap(factsOf).flatMap(({ owner }) => owner ?? [])[0] ?? null,
    classification: highest(factsOf(rules).flatMap((item) => item.classification ?? [])),
  };
}

/** The type of which a field's values are; null for a type itself. */
export function returnedType(
  { schema }: Supergraph,
  typeName: string,
  field: string | undefined,
): string | null {
  const type = schema.getType(typeName);
  if (field === undefined || !(isObjectType(type) || isInterfaceType(type))) return null;
  const definition = type.getFields()[field];
  return definition ? getNamedType(definition.type).name : null;
}

/** The type that is offered by the product of the domain that adds the field to another one's type; null elsewhere. */
function contributingType(supergraph: Supergraph, typeName: string, coordinate: string): string | null {
  const { graphs } = supergraph.joined.joins;
  const homes = homesOf(supergraph, coordinate);
  const [owned] = productsOf(supergraph.policy.get(typeName) ?? []);
  if (homes.length === 0 || !owned || !graphs.has(owned.domain) || homes.includes(owned.domain)) return null;
  const offers = homes.flatMap((domain) => offersOf(supergraph).get(domain) ?? []);
  const isOne = new Set(offers.map(({ product }) => product.id)).size === 1;
  return isOne ? (offers[0]?.type ?? null) : null;
}

/** The subgraphs that answer a field, or have a type; none where that is every subgraph with the field's type. */
export function homesOf({ joined }: Supergraph, coordinate: string): readonly string[] {
  const { graphs, fields, types } = joined.joins;
  const joins = coordinate.includes(".")
    ? (fields.get(coordinate) ?? []).flatMap(({ graph, external }) => (external ? [] : [graph]))
    : (types.get(coordinate) ?? []).map(({ graph }) => graph);
  return [...graphs].flatMap(([name, graph]) => (joins.includes(graph) ? [name] : []));
}

type Product = NonNullable<PlaceFacts["product"]>;

interface Offer {
  readonly type: string;
  readonly product: Product;
}

/** Which types the products of each domain offer, where its own subgraph has them: what others say of it counts for nothing. */
export function offersOf(supergraph: Supergraph): ReadonlyMap<string, readonly Offer[]> {
  const known = offered.get(supergraph);
  if (known) return known;
  const offers = new Map<string, Offer[]>();
  for (const [type, rules] of supergraph.policy)
    for (const product of productsOf(rules)) {
      if (!homesOf(supergraph, type).includes(product.domain)) continue;
      const own = offers.get(product.domain);
      if (own) own.push({ type, product });
      else offers.set(product.domain, [{ type, product }]);
    }
  offered.set(supergraph, offers);
  return offers;
}

const offered = new WeakMap<Supergraph, ReadonlyMap<string, readonly Offer[]>>();

/** All products that rules tell of. */
export function productsOf(rules: readonly Rule[]): readonly Product[] {
  return factsOf(rules).flatMap(({ product }) => product ?? []);
}

function factsOf(rules: readonly Rule[]): readonly PlaceFacts[] {
  return rules.flatMap(({ directive, applications }) =>
    applications.flatMap((args) => directive.facts?.(args) ?? []),
  );
}

const LEVELS: readonly string[] = CLASSIFICATIONS;

function highest(
  found: readonly NonNullable<PlaceFacts["classification"]>[],
): CoordinateFacts["classification"] {
  const [first] = [...found].sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  if (!first) return null;
  return { level: first.level, categories: [...new Set(found.flatMap((item) => item.categories))].sort() };
}
