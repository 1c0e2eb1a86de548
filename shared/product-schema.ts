import { z } from "zod";
import { descriptorSchema } from "./product-descriptor.ts";

/** The JSON Schema (draft 2020-12) of `product.yaml`, for editors and other tools: `product.schema.json` holds it. */
export function productJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(descriptorSchema, { io: "input", target: "draft-2020-12" });
  return { $schema, title: "Data product descriptor (product.yaml)", ...schema };
}
