import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

const PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** The scalar `DateTime`: ISO 8601 with an offset on the wire, `Date` in resolvers. */
export const dateTime = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  serialize: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new TypeError("a DateTime resolver must give a Date");
  },
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDateTime(value: unknown): Date {
  const date = typeof value === "string" && PATTERN.test(value) ? new Date(value) : null;
  if (date !== null && !Number.isNaN(date.getTime())) return date;
  throw new GraphQLError("expected an ISO 8601 moment such as 2026-06-30T12:00:00Z");
}
