/** Who says what we emit. */
export const PRODUCER = "https://specs.data-product-gateway.dev/openlineage/v1.0";

const FACETS = "https://openlineage.io/spec/facets";

function facet(schema: string) {
  return { _producer: PRODUCER, _schemaURL: `${FACETS}/${schema}` };
}

/** Where a value comes from (ColumnLineageDatasetFacet 1-2-0). */
export interface InputField {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations: readonly {
    readonly type: "DIRECT" | "INDIRECT";
    readonly subtype: "IDENTITY" | "TRANSFORMATION" | "FILTER";
    readonly description?: string;
    /** Whether some callers get it masked. */
    readonly masking: boolean;
  }[];
}

/** @param filters fields that decide whether an object is seen at all */
export function columnLineageFacet(
  columns: readonly (readonly [string, readonly InputField[]])[],
  filters: readonly InputField[],
): object {
  const fields = Object.fromEntries(columns.map(([name, inputFields]) => [name, { inputFields }]));
  return {
    ...facet("1-2-0/ColumnLineageDatasetFacet.json"),
    fields,
    ...(filters.length > 0 ? { dataset: filters } : {}),
  };
}

export function schemaFacet(
  fields: readonly { readonly name: string; readonly type?: string; readonly description?: string }[],
): object {
  return { ...facet("1-1-1/SchemaDatasetFacet.json"), fields };
}

/** @param kind what it is about: jobs have a facet of their own */
export function documentationFacet(kind: "Dataset" | "Job", description: string): object {
  return { ...facet(`1-0-1/Documentation${kind}Facet.json`), description };
}

/** @param kind what is owned: jobs have a facet of their own */
export function ownershipFacet(kind: "Dataset" | "Job", team: string): object {
  const owners = [{ name: `team:${team}`, type: "OWNER" }];
  return { ...facet(`1-0-1/Ownership${kind}Facet.json`), owners };
}

export function versionFacet(datasetVersion: string): object {
  return { ...facet("1-0-1/DatasetVersionDatasetFacet.json"), datasetVersion };
}

export function jobTypeFacet(processingType: "BATCH" | "STREAMING", jobType: string): object {
  return { ...facet("2-0-3/JobTypeJobFacet.json"), processingType, integration: "GRAPHQL", jobType };
}

export function sourceCodeFacet(sourceCode: string): object {
  return { ...facet("1-0-1/SourceCodeJobFacet.json"), language: "graphql", sourceCode };
}
