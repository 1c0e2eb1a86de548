import { type Attack, operation, repeat } from "./attack.ts";

/** So many fragments, each of which spreads the next one twice under one name: their size doubles, their depth does not. */
function doubled(levels: number, leaf: string): string {
  const all = repeat(levels, (n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`);
  return `{ me { ...F0 } } ${all} fragment F${levels} on User { ${leaf} }`;
}

/** The same within inline fragments, which name nothing that could be remembered. */
function doubledInline(levels: number): string {
  const spread = (n: number) => `... on User { ...F${n + 1} } ... { ...F${n + 1} }`;
  const all = repeat(levels, (n) => `fragment F${n} on User { ${spread(n)} }`);
  return `{ me { ...F0 } } ${all} fragment F${levels} on User { id name }`;
}

/** An interface of fifty types, entered again and again by conditions on type. */
function byTypes(levels: number, types: number): string {
  const spread = (n: number) => repeat(types, (type) => `... on Item${type} { item { ...F${n + 1} } }`);
  const all = repeat(levels, (n) => `fragment F${n} on Item { ${spread(n)} }`);
  return `{ item { ...F0 } } ${all} fragment F${levels} on Item { id thing { x0 x1 x2 x3 x4 x5 } }`;
}

/** Documents of published advisories (hardening.md, last section), for the schema of `attack-world.ts`. */
export const ADVISED: readonly Attack[] = [
  operation("CVE-2024-43414 fragments nested forty deep, each spread twice", () => doubled(40, "id")),
  operation("CVE-2025-32030 fragments nested thirty deep, each spread twice with fields of its own", () =>
    doubled(30, "id name friend { id }"),
  ),
  operation("CVE-2025-32031 the same by inline fragments", () => doubledInline(30)),
  operation("CVE-2025-32032 conditions on ten types in eight levels", () => byTypes(8, 10)),
  // 2^32 and 2^64 of them are none at all in 32 and 64 bits.
  operation("CVE-2025-32033 as many fields as overflow 32 bits", () => doubled(32, "id")),
  operation("CVE-2025-32033 as many fields as overflow 64 bits", () => doubled(64, "id")),
  operation("CVE-2025-32034 a chain of four hundred fragments, each spread twice", () => doubled(400, "id")),
  operation("CVE-2023-26144 one field three thousand times", () => `{ me { ${repeat(3000, () => "id")} } }`),
  operation(
    "CVE-2026-75507 one name for a thousand fields that differ, in inline fragments",
    () => `{ ${repeat(1000, (n) => `... on Query { take(number: ${n}) }`)} }`,
  ),
];
