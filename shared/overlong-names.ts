import { z } from "zod";
import type { ProductDescriptor } from "./product-descriptor.ts";
import { productJsonSchema } from "./product-schema.ts";

/**
 * Where ids and names of a descriptor are longer than the JSON Schema of `product.yaml` allows, such as `owner.team` or
 * `quality.0.name`. Refused when it is published now; what is published already is read all the same, so that no
 * domain's name stops the others.
 */
export function overlongNames(descriptor: ProductDescriptor): readonly string[] {
  return placesBeyond(node.parse(productJsonSchema()), descriptor, "");
}

/** What of a JSON Schema leads to a `maxLength`. */
interface SchemaNode {
  readonly maxLength?: number | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly items?: SchemaNode | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
  readonly oneOf?: readonly SchemaNode[] | undefined;
}

const node: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    maxLength: z.number().optional(),
    properties: z.record(z.string(), node).optional(),
    items: node.optional(),
    anyOf: z.array(node).optional(),
    oneOf: z.array(node).optional(),
  }),
);

function placesBeyond(schema: SchemaNode, value: unknown, path: string): readonly string[] {
  const { maxLength = Number.POSITIVE_INFINITY, properties = {}, items, anyOf = [], oneOf = [] } = schema;
  if (typeof value === "string") return [...value].length > maxLength ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  const within = Object.entries(value).flatMap(([key, member]) => {
    const inner = Array.isArray(value) ? items : properties[key];
    return inner ? placesBeyond(inner, member, path === "" ? key : `${path}.${key}`) : [];
  });
  const chosen = [...anyOf, ...oneOf].flatMap((one) => placesBeyond(one, value, path));
  return [...new Set([...within, ...chosen])];
}
