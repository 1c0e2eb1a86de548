/** Whether the id of a place in the lineage is a coordinate of the graph, `Type.field`; what is none names a dataset. */
export function isField(id: string): boolean {
  return /^[_A-Za-z]\w*\.\w+$/.test(id);
}

/** The dataset, `namespace/name`, of the id of it or of one of its columns. */
export function datasetOf(id: string): string {
  return id.split("#")[0] ?? id;
}
