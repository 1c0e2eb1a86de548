import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  Kind,
  type ValueNode,
} from "graphql";
import type { CostFacts } from "../supergraph/cost-facts.ts";
import type { Amount, CostTape } from "./cost-tape.ts";
import type { FieldUse } from "./list-length.ts";

/**
 * The cost of a field's arguments: `@cost` where the schema has it, else one for each input object and nothing for
 * scalars, lists item by item.
 */
export function argumentsCost(
  { node, field, coordinate }: FieldUse,
  facts: CostFacts,
  tape: CostTape,
): Amount {
  const costs = (node.arguments ?? []).map(({ name, value }): Amount => {
    const argument = field.args.find((item) => item.name === name.value);
    if (!argument) return 0;
    const weight = facts.weight(`${coordinate}(${argument.name}:)`);
    return argumentCost(argument, weight, value, facts, tape);
  });
  return tape.sum(costs);
}

function argumentCost(
  { type }: GraphQLArgument,
  weight: number | null,
  value: ValueNode,
  facts: CostFacts,
  tape: CostTape,
): Amount {
  // Scalars without a weight, the usual case, cost nothing at run time either.
  if (weight === null && !isInputObjectType(getNamedType(type))) return 0;
  if (value.kind !== Kind.VARIABLE && !hasVariable(value))
    return valueCost(literal(value, {}), type, weight, facts);
  return tape.read((variables) => valueCost(literal(value, variables), type, weight, facts));
}

function valueCost(value: unknown, type: GraphQLInputType, weight: number | null, facts: CostFacts): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value))
    return value.reduce((sum: number, item) => sum + valueCost(item, type, weight, facts), 0);
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return weight ?? facts.weight(named.name) ?? 0;
  let cost = weight ?? facts.weight(named.name) ?? 1;
  if (!isRecord(value)) return cost;
  for (const field of Object.values(named.getFields()))
    cost += valueCost(value[field.name], field.type, facts.weight(`${named.name}.${field.name}`), facts);
  return cost;
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value));
}

/** The value of a literal, with what the variables in it stand for; leaves stand for themselves. */
function literal(value: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  if (value.kind === Kind.VARIABLE) return variables[value.name.value];
  if (value.kind === Kind.NULL) return null;
  if (value.kind === Kind.LIST) return value.values.map((item) => literal(item, variables));
  if (value.kind === Kind.OBJECT)
    return Object.fromEntries(
      value.fields.map((field) => [field.name.value, literal(field.value, variables)]),
    );
  return value.value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
