import { type GraphQLNamedType, type GraphQLSchema, isAbstractType, isCompositeType } from "graphql";
import type { CostFacts } from "../supergraph/cost-facts.ts";

/**
 * What one value of a field costs: `@cost` of the field, else of its type, else one for objects; the highest of all
 * objects that may be there.
 *
 * @param type that the field returns, in lists or not
 */
export function fieldWeight(
  { schema, facts }: { readonly schema: GraphQLSchema; readonly facts: CostFacts },
  parent: GraphQLNamedType,
  name: string,
  type: GraphQLNamedType,
): number {
  const ofField = highest(possibleTypes(schema, parent).map((one) => facts.weight(`${one.name}.${name}`)));
  if (ofField !== null) return ofField;
  const ofType = highest(possibleTypes(schema, type).map((one) => facts.weight(one.name)));
  return ofType ?? (isCompositeType(type) ? 1 : 0);
}

/** The type itself and, of an abstract one, the objects that may come. */
export function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLNamedType[] {
  return isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
