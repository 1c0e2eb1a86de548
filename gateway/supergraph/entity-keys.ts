import { getNamedType, isLeafType, isObjectType } from "graphql";
import type { Supergraph } from "./supergraph.ts";

/**
 * The fields by which people name an entity of a type: those of its first `@key` that consists of leaves, none of
 * which is itself governed; empty where there is no such key.
 */
export function entityKey(supergraph: Supergraph, typeName: string): readonly string[] {
  const known = remembered.get(supergraph) ?? new Map<string, readonly string[]>();
  remembered.set(supergraph, known);
  const key = known.get(typeName) ?? findKey(supergraph, typeName);
  known.set(typeName, key);
  return key;
}

const remembered = new WeakMap<Supergraph, Map<string, readonly string[]>>();

function findKey({ joined, schema, fieldPolicies }: Supergraph, typeName: string): readonly string[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return [];
  const isNameable = (field: string): boolean => {
    const definition = type.getFields()[field];
    if (!definition || !isLeafType(getNamedType(definition.type)) || definition.args.length > 0) return false;
    const rules = fieldPolicies.of(typeName, field)?.rules ?? [];
    return !rules.some(({ directive }) => directive.isSensitive);
  };
  const declared = joined.joins.types.get(typeName) ?? [];
  const keys = declared.flatMap(({ key, resolvable }) =>
    key !== null && resolvable ? [key.trim().split(/[\s,]+/)] : [],
  );
  return keys.find((fields) => fields.every(isNameable)) ?? [];
}
