/** A dataset, and one of its columns. */
export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
  readonly column: string | null;
}

/**
 * Reads `namespace/name#column`, where a namespace is `scheme://authority` or a word without a slash
 * (https://openlineage.io/docs/spec/naming); null for what is none.
 */
export function splitDataset(text: string): DatasetName | null {
  const [, namespace, name, column = null] =
    /^((?:[a-z][a-z0-9+.-]*:\/\/[^/#]*)|[^/#:]+)\/([^#]+)(?:#(.+))?$/i.exec(text) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name, column };
}
