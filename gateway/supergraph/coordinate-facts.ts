import { getNamedType, isInterfaceType, isObjectType } from "graphql";
import { z } from "zod";
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

const product = z.object({ id: z.string(), domain: z.string() });
const owner = z.object({ team: z.string(), contact: z.string() });
const classification = z.object({ level: z.string(), categories: z.array(z.string()) });

function collect(supergraph: Supergraph, coordinate: string): CoordinateFacts {
  const { policy, fieldPolicies } = supergraph;
  const [type = "", field] = coordinate.split(".");
  const places = [coordinate, type, returnedType(supergraph, type, field)].flatMap((place) =>
    place === null ? [] : [policy.get(place) ?? []],
  );
  const rules = field === undefined ? (places[0] ?? []) : (fieldPolicies.of(type, field)?.rules ?? []);
  const schemaRules = policy.get("schema") ?? [];
  const schemaProducts = read(schemaRules, "dataProduct", product);
  return {
    product:
      places.flatMap((found) => read(found, "dataProduct", product))[0] ??
      (schemaProducts.length === 1 ? schemaProducts[0] : undefined) ??
      null,
    owner: [...places, schemaRules].flatMap((found) => read(found, "owner", owner))[0] ?? null,
    classification: highest(read(rules, "classification", classification)),
  };
}

function returnedType({ schema }: Supergraph, typeName: string, field: string | undefined): string | null {
  const type = schema.getType(typeName);
  if (field === undefined || !(isObjectType(type) || isInterfaceType(type))) return null;
  const definition = type.getFields()[field];
  return definition ? getNamedType(definition.type).name : null;
}

/** The arguments of one directive's applications; what is not as expected was refused when the schema was read. */
function read<Value>(rules: readonly Rule[], directive: string, shape: z.ZodType<Value>): readonly Value[] {
  return rules
    .filter((rule) => rule.directive.name === directive)
    .flatMap((rule) => rule.applications.flatMap((args) => shape.safeParse(args).data ?? []));
}

const LEVELS = ["PUBLIC", "INTERNAL", "CONFIDENTIAL", "RESTRICTED"];

function highest(found: readonly z.infer<typeof classification>[]): CoordinateFacts["classification"] {
  const [first] = [...found].sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  if (!first) return null;
  return { level: first.level, categories: [...new Set(found.flatMap((item) => item.categories))].sort() };
}
