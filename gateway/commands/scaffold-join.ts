import { ClientError } from "../../shared/errors.ts";

/** A field that the new domain adds to an entity of another one. */
export interface Join {
  /** The entity, which has to have `id: ID!` as a key. */
  readonly type: string;
  readonly field: string;
}

/** Reads `Order.shipment`. @throws ClientError USAGE */
export function parseJoin(coordinate: string): Join {
  const [, type, field] = /^([A-Z]\w*)\.([a-z]\w*)$/.exec(coordinate) ?? [];
  if (type === undefined || field === undefined)
    throw new ClientError("USAGE", `--join ${coordinate}: name a type and its new field, as Order.shipment.`);
  return { type, field };
}

/**
 * Adds a join to a scaffolded domain's files: the entity as this domain knows it, in the schema, and what answers
 * the field, in `joins.ts`.
 *
 * @param files texts by name, as copied from the template
 * @param pascal the domain's name as types begin with it
 */
export function addJoin(
  files: ReadonlyMap<string, string>,
  { type, field }: Join,
  pascal: string,
): ReadonlyMap<string, string> {
  const item = `${pascal}Item`;
  const items = /export const (\w+)/.exec(files.get("rows.ts") ?? "")?.[1] ?? "";
  const schema = `${files.get("schema.graphql")}
# What this domain adds to ${type}, which is described where it is owned.
extend type ${type} @key(fields: "id") {
  id: ID!
  "What belongs to it here."
  ${field}: ${item}
}
`;
  const joins = `import { ${items}, type ${item}Row } from "./rows.ts";

/** An object of another domain, as far as this one knows it. */
interface ${type}Reference {
  readonly id: string;
}

/** What this domain adds to ${type}. The first item stands in until you look up the one that belongs to the id. */
export const ${type.charAt(0).toLowerCase()}${type.slice(1)}Resolvers = {
  __resolveReference: ({ id }: ${type}Reference): ${type}Reference => ({ id }),
  ${field}: (_parent: ${type}Reference): ${item}Row | null => ${items}[0] ?? null,
};
`;
  const name = `${type.charAt(0).toLowerCase()}${type.slice(1)}Resolvers`;
  const resolvers = (files.get("resolvers.ts") ?? "")
    .replace("import type { Resolvers }", `import { ${name} } from "./joins.ts";\nimport type { Resolvers }`)
    .replace(
      "resolvers: Resolvers = {",
      `resolvers: Resolvers & { readonly ${type}: object } = {\n  ${type}: ${name},`,
    );
  return new Map([...files, ["schema.graphql", schema], ["joins.ts", joins], ["resolvers.ts", resolvers]]);
}
