import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from "graphql";
import type { FieldOwner } from "./effective-rules.ts";
import type { Policy, Rule } from "./merge-policy.ts";

/** The rules on what clients send: arguments, input fields, enum values and the scalars they consist of. */
export interface InputPolicies {
  /** The rules on an input's coordinate. */
  readonly of: (coordinate: string) => readonly Rule[];
  /** The arguments of a field with which a governed input can be used; empty for nearly all fields. */
  readonly governedArguments: (type: string, field: string) => readonly GovernedArgument[];
}

export interface GovernedArgument {
  readonly argument: GraphQLArgument;
  /** The argument's own coordinates that have rules. */
  readonly coordinates: readonly string[];
  /** Those of what its values can contain. */
  readonly nested: readonly string[];
}

/** One governed input as one field uses it. */
export interface InputUse {
  readonly coordinate: string;
  readonly value: unknown;
}

/** Finds the rules of a policy that concern inputs; once per generation. */
export function compileInputPolicies(schema: GraphQLSchema, policy: Policy): InputPolicies {
  const governed = new Map(
    [...policy].flatMap(([coordinate, rules]) => {
      const concerned = rules.filter(
        ({ directive }) => directive.judgeInput || directive.notice || directive.conforms,
      );
      return concerned.length > 0 ? [[coordinate, concerned] as const] : [];
    }),
  );
  const reaches = reachability(new Set(governed.keys()));
  const byField = new Map<string, readonly GovernedArgument[]>();
  for (const type of governed.size > 0 ? Object.values(schema.getTypeMap()) : []) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const found = field.args.flatMap((argument): GovernedArgument[] => {
        const coordinates = relatives(schema, type)
          .map((name) => `${name}.${field.name}(${argument.name}:)`)
          .filter((coordinate) => governed.has(coordinate));
        const nested = reaches(argument.type);
        return coordinates.length + nested.length > 0 ? [{ argument, coordinates, nested }] : [];
      });
      if (found.length > 0) byField.set(`${type.name}.${field.name}`, found);
    }
  }
  return {
    of: (coordinate) => governed.get(coordinate) ?? NO_RULES,
    governedArguments: (type, field) => byField.get(`${type}.${field}`) ?? NO_ARGUMENTS,
  };
}

const NO_RULES: readonly Rule[] = [];
const NO_ARGUMENTS: readonly GovernedArgument[] = [];

/**
 * The governed inputs that a field uses with these variables: written in the operation, in a variable, nested, or
 * by a default. A null counts as a use: it may be searched for. An argument that is absent and has no default does
 * not.
 *
 * @param variables coerced
 */
export function inputUses(
  policies: InputPolicies,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  governed: readonly GovernedArgument[],
  variables: Readonly<Record<string, unknown>>,
): readonly InputUse[] {
  const values = getArgumentValues(field, node, { ...variables });
  const uses: InputUse[] = [];
  for (const { argument, coordinates } of governed) {
    if (!Object.hasOwn(values, argument.name)) continue;
    const value = values[argument.name];
    for (const coordinate of coordinates) uses.push({ coordinate, value });
    collect(policies, argument.type, value, uses);
  }
  return uses;
}

function collect(
  policies: InputPolicies,
  declared: GraphQLInputType,
  value: unknown,
  uses: InputUse[],
): void {
  if (value === null || value === undefined) return;
  const type = getNullableType(declared);
  if (isListType(type)) {
    for (const item of Array.isArray(value) ? value : [value]) collect(policies, type.ofType, item, uses);
    return;
  }
  const add = (coordinate: string, used: unknown): void => {
    if (policies.of(coordinate).length > 0) uses.push({ coordinate, value: used });
  };
  if (isEnumType(type)) add(`${type.name}.${String(value)}`, value);
  else if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) {
      if (typeof value !== "object" || !Object.hasOwn(value, field.name)) continue;
      const inner: unknown = Reflect.get(value, field.name);
      add(`${type.name}.${field.name}`, inner);
      collect(policies, field.type, inner, uses);
    }
  else add(getNamedType(type).name, value);
}

/** The governed inputs that values of a type can contain, through however many input objects. */
function reachability(governed: ReadonlySet<string>): (type: GraphQLInputType) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (declared) => {
    const start = getNamedType(declared);
    const answer = known.get(start.name) ?? withNested(start).flatMap((type) => governedOf(type, governed));
    known.set(start.name, answer);
    return answer;
  };
}

/** A type and all that its fields can hold; input objects may contain each other. */
function withNested(start: GraphQLNamedInputType): readonly GraphQLNamedInputType[] {
  const found = new Set([start]);
  for (const type of found)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) found.add(getNamedType(field.type));
  return [...found];
}

function governedOf(type: GraphQLNamedInputType, governed: ReadonlySet<string>): readonly string[] {
  const places = isEnumType(type)
    ? type.getValues().map(({ name }) => `${type.name}.${name}`)
    : isInputObjectType(type)
      ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`)
      : [type.name];
  return places.filter((place) => governed.has(place));
}

/** The types whose declaration of a field counts for a selection on `type`. */
function relatives(schema: GraphQLSchema, type: FieldOwner): readonly string[] {
  const interfaces = type.getInterfaces().map(({ name }) => name);
  if (isObjectType(type)) return [type.name, ...interfaces];
  return [type.name, ...interfaces, ...schema.getImplementations(type).objects.map(({ name }) => name)];
}
