import { Kind, parseType, type TypeNode } from "graphql";
import type { ContractProperty } from "./contract-schema.ts";

export const BUILT_IN: readonly string[] = ["String", "ID", "Int", "Float", "Boolean"];

/** A name that GraphQL takes: `customer-orders` → `CustomerOrders`. */
export function typeName(text: string): string {
  const words = text.match(/[A-Za-z0-9_]+/g) ?? [];
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(joined) && !joined.startsWith("__") ? joined : `T${joined.replace(/^_+/, "")}`;
}

/** Properties with the names of their fields; of several with the same name each gets its own. */
export function named(
  properties: readonly ContractProperty[],
): readonly (readonly [string, ContractProperty])[] {
  const taken = new Set<string>();
  return properties.map((property) => [fieldName(property.name ?? "", taken), property]);
}

/** The name, or with the first number after it that makes it free; taken from then on. */
export function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n += 1) free = `${name}${n}`;
  taken.add(free);
  return free;
}

/** The type that a physical type of ours names: `[Pet!]!` → `Pet`; null for those of others. */
export function typeNamed(physicalType: string): string | null {
  if (!/^\[*[A-Z]\w*[\]!]*$/.test(physicalType)) return null;
  try {
    let node: TypeNode = parseType(physicalType);
    while (node.kind !== Kind.NAMED_TYPE) node = node.type;
    return node.name.value;
  } catch {
    return null;
  }
}

function fieldName(text: string, taken: Set<string>): string {
  const plain = text.replace(/[^A-Za-z0-9_]+(\w?)/g, (_, letter: string) => letter.toUpperCase());
  const name = /^[A-Za-z_]/.test(plain) && !plain.startsWith("__") ? plain : `f${plain.replace(/^_+/, "")}`;
  return freeName(name, taken);
}
