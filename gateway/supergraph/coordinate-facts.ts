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
 * schema where that has one only, in this order; so does its owner.
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
  const places = [coordinate, type, returnedType(supergraph, type, field)].flatMap((place) =>
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

function returnedType({ schema }: Supergraph, typeName: string, field: string | undefined): string | null {
  const type = schema.getType(typeName);
  if (field === undefined || !(isObjectType(type) || isInterfaceType(type))) return null;
  const definition = type.getFields()[field];
  return definition ? getNamedType(definition.type).name : null;
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
