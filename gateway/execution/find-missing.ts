import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from "graphql";
import { isJsonObject } from "./merge-entities.ts";

/** Response keys that an object has whatever its type, with those below. */
type CertainKeys = ReadonlyMap<string, CertainKeys | null>;

/** Whether something that was asked for is missing in the data of an answer, or in an entity. */
export type IsIncomplete = (data: unknown) => boolean;

/**
 * Prepares the search for fields that a subgraph left out of its answer. Such an answer is none (GraphQL specification,
 * section 6.4.4: a field that failed is there, as null, with an error); taken as it is it would be a null that nobody
 * explains (hardening 93). What depends on an object's type, or on a directive, is not looked for.
 *
 * @param document of the call
 * @param isEntityCall whether single entities are looked at, and not the whole data
 */
export function compileMissing(document: DocumentNode, isEntityCall: boolean): IsIncomplete {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation) return () => false;
  const keys = certainKeys(isEntityCall ? entitySelection(operation.selectionSet) : operation.selectionSet);
  return (data) => isIncomplete(data, keys);
}

/** What is asked of each entity, where that is the same for all. */
function entitySelection({ selections }: SelectionSetNode): SelectionSetNode | undefined {
  const [entities] = selections;
  const fragments = entities?.kind === Kind.FIELD ? (entities.selectionSet?.selections ?? []) : [];
  const [only, ...others] = fragments.filter(
    (item) => item.kind !== Kind.FIELD || item.name.value !== "__typename",
  );
  return others.length === 0 && only?.kind === Kind.INLINE_FRAGMENT ? only.selectionSet : undefined;
}

function certainKeys(set: SelectionSetNode | undefined): CertainKeys {
  const fields = (set?.selections ?? []).filter(
    (item): item is FieldNode => item.kind === Kind.FIELD && (item.directives ?? []).length === 0,
  );
  return new Map(
    fields.map((field) => [
      field.alias?.value ?? field.name.value,
      field.selectionSet ? certainKeys(field.selectionSet) : null,
    ]),
  );
}

function isIncomplete(value: unknown, keys: CertainKeys): boolean {
  if (Array.isArray(value)) return value.some((item) => isIncomplete(item, keys));
  if (!isJsonObject(value)) return false;
  for (const [key, below] of keys) {
    const member = value[key];
    if (member === undefined || (below !== null && isIncomplete(member, below))) return true;
  }
  return false;
}
