import { z } from "zod";
import { customProperties } from "./vocabulary.ts";

const text = z.string();
const member = z.looseObject({ username: text.optional(), name: text.optional(), role: text.optional() });
const supportItem = z.looseObject({
  channel: text,
  url: text.optional(),
  tool: text.optional(),
  description: text.optional(),
});

/** A property of a schema object, as far as it means something here. */
export interface ContractProperty {
  readonly name?: string | undefined;
  readonly logicalType?: string | undefined;
  readonly physicalType?: string | undefined;
  readonly description?: string | undefined;
  readonly required?: boolean | undefined;
  readonly primaryKey?: boolean | undefined;
  readonly classification?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly quality?: readonly z.infer<typeof qualityItem>[] | undefined;
  readonly properties?: readonly ContractProperty[] | undefined;
  readonly items?: ContractProperty | undefined;
  readonly customProperties?: z.infer<typeof customProperties> | undefined;
}

const qualityItem = z.looseObject({ customProperties: customProperties.optional() });

const property: z.ZodType<ContractProperty> = z.lazy(() =>
  z.looseObject({
    name: text.optional(),
    logicalType: z
      .enum(["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"])
      .optional(),
    physicalType: text.optional(),
    description: text.optional(),
    required: z.boolean().optional(),
    primaryKey: z.boolean().optional(),
    classification: text.optional(),
    tags: z.array(text).optional(),
    quality: z.array(qualityItem).optional(),
    properties: z.array(property).optional(),
    items: property.optional(),
    customProperties: customProperties.optional(),
  }),
);

const schemaObject = z.looseObject({
  name: text.min(1),
  physicalName: text.optional(),
  description: text.optional(),
  properties: z.array(property).default([]),
  quality: z.array(qualityItem).optional(),
  customProperties: customProperties.optional(),
});

/** A contract of the Open Data Contract Standard 3.x, as far as it means something here. */
export const contractSchema = z.looseObject({
  apiVersion: text.regex(/^v3\./, "expected a contract of version 3"),
  kind: z.literal("DataContract"),
  id: text.min(1),
  version: text,
  status: text,
  name: text.optional(),
  domain: text.optional(),
  description: z
    .looseObject({ purpose: text.optional(), usage: text.optional(), limitations: text.optional() })
    .optional(),
  tags: z.array(text).optional(),
  contractCreatedTs: z.json().optional(),
  support: z.array(supportItem).optional(),
  team: z
    .union([z.looseObject({ name: text.optional(), members: z.array(member).optional() }), z.array(member)])
    .optional(),
  roles: z
    .array(
      z.looseObject({
        role: text,
        access: text.optional(),
        description: text.optional(),
        customProperties: customProperties.optional(),
      }),
    )
    .optional(),
  slaProperties: z
    .array(
      z.looseObject({ property: text, value: z.json(), unit: text.optional(), element: text.optional() }),
    )
    .optional(),
  schema: z.array(schemaObject).min(1, "a contract without a schema offers nothing"),
  customProperties: customProperties.optional(),
});

export type Contract = z.infer<typeof contractSchema>;
export type ContractObject = Contract["schema"][number];

/** A product of Bitol's Open Data Product Standard 1.0, as far as it means something here. */
export const productSchema = z.looseObject({
  apiVersion: text.regex(/^v(0\.9|1)\./, "expected a product of version 1"),
  kind: z.literal("DataProduct"),
  id: text.min(1),
  status: text,
  name: text.optional(),
  version: text.optional(),
  domain: text.optional(),
  description: contractSchema.shape.description,
  tags: z.array(text).optional(),
  productCreatedTs: z.json().optional(),
  support: z.array(supportItem).optional(),
  team: z.array(member).optional(),
  inputPorts: z.array(z.looseObject({ name: text, contractId: text.optional() })).optional(),
  outputPorts: z
    .array(z.looseObject({ name: text, description: text.optional() }))
    .min(1, "a product without an output port offers nothing"),
  customProperties: customProperties.optional(),
});

export type StandardProduct = z.infer<typeof productSchema>;
