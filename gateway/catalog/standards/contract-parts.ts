import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { withItems } from "./contract-directives.ts";
import { named } from "./contract-names.ts";
import type { ContractProperty } from "./contract-schema.ts";
import { readCustom } from "./vocabulary.ts";

/** Whether properties that become the same field have the same rules, all the way down: else one type cannot stand for both. */
export function isGuardedAs(
  known: readonly ContractProperty[],
  properties: readonly ContractProperty[],
): boolean {
  const twins = new Map(named(known));
  return named(properties).every(([field, property]) => {
    const twin = twins.get(field);
    if (twin === undefined) return true;
    const [one, other] = [twin, property].map(withItems);
    return (
      one?.classification === other?.classification &&
      isDeepStrictEqual(one?.customProperties ?? [], other?.customProperties ?? []) &&
      (partsOf(twin).length > 0 || partsOf(property).length === 0) &&
      isGuardedAs(partsOf(twin), partsOf(property))
    );
  });
}

/** What is at the end of its lists, with all properties on the way there: without a logical type a place may have both. */
export function elementOf(property: ContractProperty): ContractProperty {
  if (property.items === undefined) return property;
  const element = elementOf(property.items);
  if (property.properties === undefined) return element;
  return { ...element, properties: [...property.properties, ...(element.properties ?? [])] };
}

/** The values of an enum of ours. */
export function enumValues(list: ContractProperty["customProperties"]): readonly string[] | undefined {
  return readCustom(
    list,
    "dpgValues",
    z.array(z.string().regex(/^(?!__|(true|false|null)$)[A-Z_a-z]\w*$/)).min(1),
  );
}

/** Only what has no parts tells one entity from another. */
export function isScalar({ logicalType, properties, items }: ContractProperty): boolean {
  return logicalType !== "object" && logicalType !== "array" && !properties && !items;
}

function partsOf(property: ContractProperty): readonly ContractProperty[] {
  return elementOf(property).properties ?? [];
}
