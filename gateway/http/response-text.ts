import type { GraphQLFormattedError } from "graphql";

/** The JSON text of a GraphQL response around `data` that already is text; members in the specification's order. */
export function responseText(
  dataText: string,
  errors: readonly GraphQLFormattedError[],
  extensions: Readonly<Record<string, unknown>> | null,
): string {
  const head = errors.length === 0 ? "{" : `{"errors":${JSON.stringify(errors)},`;
  const tail = extensions === null ? "}" : `,"extensions":${JSON.stringify(extensions)}}`;
  return `${head}"data":${dataText}${tail}`;
}
