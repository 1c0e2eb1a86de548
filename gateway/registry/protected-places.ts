import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import type { EffectiveRules, FieldOwner } from "../supergraph/effective-rules.ts";
import type { Rule } from "../supergraph/merge-policy.ts";

export interface ProtectedPlaces {
  readonly field: (type: FieldOwner, field: string) => boolean;
  readonly type: (type: GraphQLNamedType) => boolean;
}

/** Where a rule stands that is enough for data of the highest classification. */
export function protectedPlaces(schema: GraphQLSchema, rules: EffectiveRules): ProtectedPlaces {
  const field = (type: FieldOwner, name: string): boolean =>
    isProtecting(rules.onField(type, name)) ||
    isProtecting(rules.ofType(type)) ||
    isProtecting(returnRules(type, name)) ||
    (isInterfaceType(type) && every(schema.getImplementations(type).objects, (item) => field(item, name)));
  const returnRules = (type: FieldOwner, name: string): readonly Rule[] => {
    const returned = type.getFields()[name]?.type;
    return returned ? rules.ofType(getNamedType(returned)) : [];
  };
  const owners = Object.values(schema.getTypeMap()).filter(
    (type): type is FieldOwner => (isObjectType(type) || isInterfaceType(type)) && !type.name.includes("__"),
  );
  const type = (named: GraphQLNamedType): boolean => {
    if (isProtecting(rules.ofType(named))) return true;
    if (isObjectType(named) || isInterfaceType(named))
      return every(Object.keys(named.getFields()), (name) => field(named, name));
    const uses = owners.flatMap((owner) =>
      Object.values(owner.getFields())
        .filter((item) => getNamedType(item.type) === named)
        .map((item) => field(owner, item.name)),
    );
    return every(uses, (isProtected) => isProtected);
  };
  return { field, type };
}

function isProtecting(rules: readonly Rule[]): boolean {
  return rules.some(({ directive }) => directive.protects === true);
}

/** Whether all of at least one pass. */
function every<Item>(items: readonly Item[], test: (item: Item) => boolean): boolean {
  return items.length > 0 && items.every(test);
}
