import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { ClientError } from "./errors.ts";

const text = z.string().trim().min(1);
const name = z.string().regex(/^[a-z][a-z0-9_-]*$/, "expected lower-case letters, digits, _ and -");
const iso8601Duration = z
  .string()
  .regex(/^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/, "expected an ISO 8601 duration such as PT15M");

const outputPort = z.strictObject({
  /** The entity offered: a type of `schema.graphql`. */
  type: z.string().regex(/^[A-Z]\w*$/, "expected the name of a GraphQL type"),
  description: text,
  /** The table that holds it; needed where the type is row-filtered, so that the kit can check the table's security. */
  table: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, "expected the name of a table")
    .optional(),
});

const descriptorSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$/, "expected `domain.product`"),
  /** Name of the domain and of its subgraph. */
  domain: name,
  name: text,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "expected a version such as 1.0.0"),
  status: z.enum(["DRAFT", "ACTIVE", "DEPRECATED", "RETIRED"]),
  description: text,
  /** What the product is meant to be used for, and by whom. */
  purpose: text,
  owner: z.strictObject({ team: text, contact: z.email() }),
  outputPorts: z.array(outputPort).min(1),
  /** Products whose data this one keeps a copy of. */
  inputPorts: z.array(z.strictObject({ product: text, description: text })).default([]),
  serviceLevels: z.strictObject({
    /** Percent of requests answered, per month. */
    availability: z.number().min(0).max(100),
    /** 95th percentile of a request, in milliseconds. */
    latencyP95Ms: z.int().positive(),
    /** Age of the data at most. */
    freshness: iso8601Duration,
    /** How long deprecated parts are kept after notice. */
    deprecationNotice: iso8601Duration,
  }),
  terms: z.strictObject({ usage: text, limitations: text }),
});

/** A data product as its owners describe it in `product.yaml`. */
export type ProductDescriptor = Readonly<z.infer<typeof descriptorSchema>>;

/**
 * Parses a `product.yaml`. Throws PRODUCT_DESCRIPTOR_INVALID naming every entry that is missing, unknown or wrong;
 * `source` names the file in the message.
 */
export function parseProductDescriptor(yaml: string, source: string): ProductDescriptor {
  const parsed = descriptorSchema.safeParse(parseYaml(yaml, source));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`);
    throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", `${source}: ${faults.join("; ")}`);
  }
  if (!parsed.data.id.startsWith(`${parsed.data.domain}.`)) {
    throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", `${source}: id: expected to start with the domain`);
  }
  return parsed.data;
}

function parseYaml(yaml: string, source: string): unknown {
  try {
    return parse(yaml);
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message : "not YAML";
    throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", `${source}: ${reason}`);
  }
}
