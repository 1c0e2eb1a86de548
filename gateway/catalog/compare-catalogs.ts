import type { Catalog, CatalogField, CatalogProduct, CatalogRule } from "./catalog.ts";

/** What one generation changed of a product. */
export interface CatalogChange {
  readonly product: string;
  readonly kind: "ADDED" | "REMOVED" | "CHANGED";
  /** The field's coordinate, or the product's id. */
  readonly coordinate: string;
  readonly summary: string;
}

/** What changed from one generation to the next, by product; a new or ended product is one change. */
export function compareCatalogs(before: Catalog, after: Catalog): readonly CatalogChange[] {
  const were = new Map(before.products.map((product) => [product.id, product]));
  const are = new Map(after.products.map((product) => [product.id, product]));
  return [
    ...after.products.flatMap((product) => compareProduct(were.get(product.id), product)),
    ...before.products.flatMap(({ id, name }) =>
      are.has(id)
        ? []
        : [{ product: id, kind: "REMOVED", coordinate: id, summary: `${name} is gone` } as const],
    ),
    ...compareFields(before.fields, after.fields, (id) => were.has(id) && are.has(id)),
  ];
}

function compareProduct(was: CatalogProduct | undefined, is: CatalogProduct): readonly CatalogChange[] {
  const { id: product, name } = is;
  if (!was) return [{ product, kind: "ADDED", coordinate: product, summary: `${name} is new` }];
  const words = (["name", "version", "status"] as const)
    .filter((key) => was[key] !== is[key])
    .map((key) => `${key}: ${was[key]} → ${is[key]}`);
  if (was.owner?.team !== is.owner?.team)
    words.push(`owner: ${was.owner?.team ?? "nobody"} → ${is.owner?.team ?? "nobody"}`);
  if (words.length === 0) return [];
  return [{ product, kind: "CHANGED", coordinate: product, summary: words.join("; ") }];
}

function compareFields(
  before: readonly CatalogField[],
  after: readonly CatalogField[],
  isComparable: (product: string) => boolean,
): readonly CatalogChange[] {
  const were = new Map(before.map((field) => [field.coordinate, field]));
  const are = new Map(after.map((field) => [field.coordinate, field]));
  return [
    ...after.flatMap((field): readonly CatalogChange[] => {
      const { product, coordinate } = field;
      const was = were.get(coordinate);
      if (!isComparable(product)) return [];
      if (!was) return [{ product, kind: "ADDED", coordinate, summary: `${field.type} is new` }];
      const words = differences(was, field);
      return words.length === 0 ? [] : [{ product, kind: "CHANGED", coordinate, summary: words.join("; ") }];
    }),
    ...before.flatMap(({ product, coordinate, type }): readonly CatalogChange[] =>
      are.has(coordinate) || !isComparable(product)
        ? []
        : [{ product, kind: "REMOVED", coordinate, summary: `${type} is gone` }],
    ),
  ];
}

function differences(was: CatalogField, is: CatalogField): readonly string[] {
  const words: string[] = [];
  if (was.type !== is.type) words.push(`type: ${was.type} → ${is.type}`);
  if (was.description !== is.description) words.push("description");
  if (was.deprecationReason !== is.deprecationReason)
    words.push(
      is.deprecationReason === null ? "no longer deprecated" : `deprecated: ${is.deprecationReason}`,
    );
  const before = was.rules.map(sayRule);
  const after = is.rules.map(sayRule);
  words.push(...after.filter((rule) => !before.includes(rule)).map((rule) => `now ${rule}`));
  words.push(...before.filter((rule) => !after.includes(rule)).map((rule) => `no longer ${rule}`));
  return words;
}

function sayRule({ directive, arguments: args, coordinate }: CatalogRule): string {
  return `@${directive} ${args} on ${coordinate}`;
}
