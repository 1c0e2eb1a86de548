/** An item of this data product. */
export interface TemplateItemRow {
  readonly id: string;
  readonly name: string;
}

/** The items; a domain with a database reads them from a table instead, as `subgraphs/product` does. */
export const TEMPLATE_ITEMS: readonly TemplateItemRow[] = [
  { id: "T1", name: "First item" },
  { id: "T2", name: "Second item" },
];
