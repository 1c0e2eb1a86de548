import type { KnownSchema } from "../query-for-field.ts";

/** Null where callers are not told of the schema. */
export interface SchemaAnswer {
  readonly __schema: KnownSchema | null;
}

const REFERENCE =
  "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const INPUT = `name defaultValue type { ${REFERENCE} }`;

export const SCHEMA = /* GraphQL */ `
query ConsoleSchema {
  __schema {
    queryType { name }
    mutationType { name }
    types {
      kind name
      fields(includeDeprecated: true) { name args { ${INPUT} } type { ${REFERENCE} } }
      inputFields { ${INPUT} }
      enumValues { name }
      possibleTypes { name }
    }
  }
}`;
