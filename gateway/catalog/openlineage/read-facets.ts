import { z } from "zod";
import type { Facets, LineageDataset } from "./lineage-event.ts";

/** One column of a dataset that another was computed from. */
export interface ColumnSource {
  /** Column of the output; null where it is about the whole dataset (a filter, a join). */
  readonly column: string | null;
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  /** Such as `DIRECT/IDENTITY` or `INDIRECT/FILTER`; empty where the sender does not say. */
  readonly kind: string;
  readonly masking: boolean;
}

/** The outcome of one test that a pipeline ran on a dataset. */
export interface Assertion {
  readonly assertion: string;
  readonly column: string | null;
  readonly success: boolean;
}

/** Sources of all columns of one dataset that are read. */
const MAX_SOURCES = 5000;

const text = z.string().max(2000);
const inputField = z.looseObject({
  namespace: text,
  name: text,
  field: text,
  transformations: z
    .array(z.looseObject({ type: text, subtype: text.nullish(), masking: z.boolean().nullish() }))
    .nullish(),
});
const columnLineage = z.looseObject({
  fields: z.record(
    text,
    z.looseObject({ inputFields: z.array(inputField).default([]), transformationType: text.nullish() }),
  ),
  dataset: z.array(inputField).nullish(),
});

/** The `columnLineage` facet (1-0-1 to 1-2-0); nothing where it is absent or not of its form. */
export function readColumnLineage(facets: Facets): readonly ColumnSource[] {
  const { data } = columnLineage.safeParse(facets.columnLineage);
  if (!data) return [];
  const direct = Object.entries(data.fields).flatMap(([column, { inputFields, transformationType }]) =>
    inputFields.map((item) => toSource(column, item, transformationType ?? null)),
  );
  const whole = (data.dataset ?? []).map((item) => toSource(null, item, null));
  return [...direct, ...whole].slice(0, MAX_SOURCES);
}

function toSource(
  column: string | null,
  { namespace, name, field, transformations }: z.infer<typeof inputField>,
  legacy: string | null,
): ColumnSource {
  const [first] = transformations ?? [];
  const kind = first ? [first.type, first.subtype].filter(Boolean).join("/") : (legacy ?? "");
  // Before 1-1-0 a mask was a type of transformation.
  const masking = legacy === "MASKED" || (transformations ?? []).some((item) => item.masking === true);
  return { column, namespace, name, field, kind, masking };
}

const assertions = z.looseObject({
  assertions: z
    .array(z.looseObject({ assertion: text.min(1), success: z.boolean(), column: text.nullish() }))
    .max(1000),
});

/** The `dataQualityAssertions` facet, wherever the sender puts it. */
export function readAssertions({ facets, useFacets }: LineageDataset): readonly Assertion[] {
  const { data } = assertions.safeParse(useFacets.dataQualityAssertions ?? facets.dataQualityAssertions);
  return (data?.assertions ?? []).map(({ assertion, success, column }) => ({
    assertion,
    success,
    column: column || null,
  }));
}

const counted = z.looseObject({ rowCount: z.int().min(0).nullish() });

/** Rows as `outputStatistics` or `dataQualityMetrics` tell them, or null. */
export function readRowCount({ facets, useFacets }: LineageDataset): number | null {
  const said = [
    useFacets.outputStatistics,
    facets.outputStatistics,
    useFacets.dataQualityMetrics,
    facets.dataQualityMetrics,
  ];
  for (const facet of said) {
    const count = counted.safeParse(facet).data?.rowCount;
    if (count !== undefined && count !== null) return count;
  }
  return null;
}
