import {
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from "graphql";
import type { Policy, Rule } from "./merge-policy.ts";

/** Which rules hold where, by governance.md §2 rules 4 and 5. */
export interface EffectiveRules {
  /** The rules on a type; for an interface with those of all its implementers, for a union none. */
  readonly ofType: (type: GraphQLNamedType) => readonly Rule[];
  /** The rules on a field: its parent's, its own and those of the type it returns. */
  readonly ofField: (type: FieldOwner, field: string) => readonly Rule[];
  /** The rules written on the field itself, or on the field of an interface that it implements. */
  readonly onField: (type: FieldOwner, field: string) => readonly Rule[];
}

export type FieldOwner = GraphQLObjectType | GraphQLInterfaceType;

/**
 * Spreads a policy over a schema: what an interface says binds its implementers, and what one implementer says
 * binds selections on the interface, unless the directive says that it does not.
 */
export function effectiveRules(schema: GraphQLSchema, policy: Policy): EffectiveRules {
  const declared = declaredRules(schema, policy);
  const types = new Map<string, readonly Rule[]>();
  const fields = new Map<string, readonly Rule[]>();

  const ofType = (type: GraphQLNamedType): readonly Rule[] =>
    remember(types, type.name, () => {
      if (isUnionType(type)) return [];
      if (isObjectType(type))
        return unique([declared(type, null), ...type.getInterfaces().map((item) => declared(item, null))]);
      if (!isInterfaceType(type)) return policy.get(type.name) ?? [];
      return unique([declared(type, null), ...implementers(type).map((item) => binding(ofType(item)))]);
    });

  const onField = (type: FieldOwner, field: string): readonly Rule[] =>
    unique([declared(type, field), ...type.getInterfaces().map((item) => declared(item, field))]);

  const ofField = (type: FieldOwner, field: string): readonly Rule[] =>
    remember(fields, `${type.name}.${field}`, () => {
      const definition = type.getFields()[field];
      const returned = definition ? ofType(getNamedType(definition.type)) : [];
      const own = [ofType(type), onField(type, field), returned];
      if (isObjectType(type)) return unique(own);
      return unique([...own, ...implementers(type).map((item) => binding(ofField(item, field)))]);
    });

  const implementers = (type: GraphQLInterfaceType) => schema.getImplementations(type).objects;
  return { ofType, ofField, onField };
}

/** The rules of an implementer that bind selections on its interface. */
function binding(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter(({ directive }) => directive.bindsInterfaces !== false);
}

/**
 * The rules written at a place. Composers write the guards of all implementers on their interface as well
 * (Apollo composition ≥ 2.9.4); read back as rules of the interface they would bind every other implementer, so
 * what only repeats the implementers does not count.
 */
function declaredRules(schema: GraphQLSchema, policy: Policy) {
  const at = (type: string, field: string | null) =>
    policy.get(field === null ? type : `${type}.${field}`) ?? NONE;
  const repeats = (type: GraphQLInterfaceType, field: string | null, rule: Rule): boolean => {
    const { directive } = rule;
    if (directive.spec !== "federation") return false;
    const contributions = schema.getImplementations(type).objects.flatMap(({ name }) => {
      const applications = at(name, field).flatMap((item) =>
        item.directive === directive ? item.applications : [],
      );
      return applications.length > 0 ? [{ subgraph: name, applications }] : [];
    });
    if (contributions.length === 0) return false;
    const merged = directive.merge(contributions);
    return (
      merged.kind === "merged" && JSON.stringify(merged.applications) === JSON.stringify(rule.applications)
    );
  };
  return (type: FieldOwner, field: string | null): readonly Rule[] => {
    const rules = at(type.name, field);
    return isInterfaceType(type) ? rules.filter((rule) => !repeats(type, field, rule)) : rules;
  };
}

const NONE: readonly Rule[] = [];

function remember(
  known: Map<string, readonly Rule[]>,
  key: string,
  compute: () => readonly Rule[],
): readonly Rule[] {
  const found = known.get(key) ?? compute();
  known.set(key, found);
  return found;
}

function unique(groups: readonly (readonly Rule[])[]): readonly Rule[] {
  return [...new Set(groups.flat())];
}
