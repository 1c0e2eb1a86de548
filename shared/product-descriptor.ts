import { z } from "zod";
import { ClientError } from "./errors.ts";
import { LONGEST_NAME } from "./longest-name.ts";
import { nestsTooDeep, parseDescriptorText } from "./parse-descriptor-text.ts";
import { qualityRule } from "./quality-rule.ts";

/** Told to editors, and refused by publishing (overlong-names.ts); what is published already is read all the same. */
const SHORT = { maxLength: LONGEST_NAME };

const text = z.string().trim().min(1);
const label = text.meta(SHORT);
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, "expected lower-case letters, digits, _ and -")
  .meta(SHORT);
const iso8601Duration = z
  .string()
  .regex(/^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/, "expected an ISO 8601 duration such as PT15M");

const outputPort = z.strictObject({
  type: z
    .string()
    .regex(/^[A-Z]\w*$/, "expected the name of a GraphQL type")
    .meta(SHORT)
    .describe("The entity offered: a type of schema.graphql."),
  description: text.describe("What it is, in a sentence."),
  table: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, "expected the name of a table")
    .optional()
    .describe(
      "The table that holds it; needed where the type is row-filtered, so that the kit can check the table's security.",
    ),
});

const inputPort = z.union(
  [
    z.strictObject({
      product: text.describe("Id of the data product, such as customer.customers."),
      description: text.describe("What is taken from it."),
    }),
    z.strictObject({
      dataset: text.describe("A dataset outside the graph, as OpenLineage names it: namespace/name."),
      description: text.describe("What is taken from it."),
    }),
  ],
  { error: "expected product or dataset, and description" },
);

const serviceLevels = z.strictObject({
  availability: z.number().min(0).max(100).describe("Percent of requests answered, per month."),
  latencyP95Ms: z.int().positive().describe("95th percentile of a request, in milliseconds."),
  errorRate: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe("Percent of requests answered with an error, at most."),
  freshness: iso8601Duration.describe("Age of the data at most, such as PT15M."),
  onStale: z
    .enum(["off", "warn", "block"])
    .default("off")
    .describe(
      "What callers notice of data that is older: nothing, a warning, or an error instead of the data.",
    ),
  deprecationNotice: iso8601Duration.describe(
    "How long deprecated parts are kept after notice, such as P90D.",
  ),
});

const supportChannel = z.strictObject({
  channel: label.describe("Name of the channel."),
  url: z.url({ protocol: /^(https?|mailto)$/ }).describe("Its address: https: or mailto:."),
  tool: text.optional().describe("With which tool, such as slack, teams or email."),
  description: text.optional().describe("What it is for."),
});

const role = z.strictObject({
  name: label.describe("Name of the role."),
  access: z.enum(["read", "write"]).describe("What it may do."),
  description: text.optional().describe("Whom it is for."),
  scopes: z.array(label).default([]).describe("Scopes that a token of the role carries."),
});

const terms = z.strictObject({
  usage: text.describe("How the product may be used."),
  limitations: text.describe("What it is not good for."),
  license: text.optional().describe("The licence of its data."),
  billing: text.optional().describe("What its use costs."),
});

const standards = z.strictObject({
  odcs: z
    .record(z.string(), z.json())
    .optional()
    .describe("What an imported ODCS contract says beyond this file."),
  odps: z
    .record(z.string(), z.json())
    .optional()
    .describe("What an imported ODPS product says beyond this file."),
});

/** As RFC 3339 has it. */
const moment = z.iso.datetime({
  offset: true,
  error: "expected a date-time such as 2026-06-30T12:00:00Z",
});

/** What `product.yaml` may say; the JSON Schema that editors use, `product.schema.json`, is made from it. */
export const descriptorSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$/, "expected `domain.product`")
    .meta(SHORT)
    .describe("Address of the product: domain.product."),
  domain: name.describe("Name of the domain and of its subgraph."),
  name: label.describe("Name for people."),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "expected a version such as 1.0.0")
    .meta(SHORT)
    .describe("Version of the product: major.minor.patch."),
  status: z.enum(["DRAFT", "ACTIVE", "DEPRECATED", "RETIRED"]).describe("How far the product is."),
  created: moment
    .optional()
    .describe("When its owners began with it, such as 2026-06-30T12:00:00Z; `dpg subgraph new` writes it."),
  description: text.describe("What the product holds, in one or two sentences."),
  purpose: text.describe("What the product is meant to be used for, and by whom."),
  owner: z
    .strictObject({
      team: label.describe("The team that answers for it."),
      contact: z.email().meta(SHORT).describe("The team's address."),
    })
    .describe("Who answers for the product."),
  support: z.array(supportChannel).default([]).describe("Where users are helped."),
  tags: z.array(label).default([]).describe("Words to find it by."),
  outputPorts: z.array(outputPort).min(1).describe("The types of the graph that it offers."),
  inputPorts: z.array(inputPort).default([]).describe("Where its data comes from."),
  serviceLevels: serviceLevels.describe("What its owners promise."),
  quality: z.array(qualityRule).default([]).describe("How its data is checked."),
  roles: z.array(role).default([]).describe("Who may do what with it."),
  terms: terms.describe("On what terms it may be used."),
  standards: standards
    .optional()
    .describe("What was imported from other standards and has no place of its own."),
});

/** A data product as its owners describe it in `product.yaml`. */
export type ProductDescriptor = Readonly<z.infer<typeof descriptorSchema>>;

/**
 * Parses a `product.yaml`. Throws PRODUCT_DESCRIPTOR_INVALID naming every entry that is missing, unknown or wrong, or
 * saying that it nests too deep; `source` names the file in the message.
 */
export function parseProductDescriptor(yaml: string, source: string): ProductDescriptor {
  const parsed = validate(parseDescriptorText(yaml, source), source);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`);
    throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", `${source}: ${faults.join("; ")}`);
  }
  if (!parsed.data.id.startsWith(`${parsed.data.domain}.`)) {
    throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", `${source}: id: expected to start with the domain`);
  }
  const twice = parsed.data.quality.find(
    ({ name }, index, all) => all.findIndex((rule) => rule.name === name) < index,
  );
  if (twice)
    throw new ClientError(
      "PRODUCT_DESCRIPTOR_INVALID",
      `${source}: quality: two rules are named ${twice.name}`,
    );
  return parsed.data;
}

function validate(value: unknown, source: string) {
  try {
    return descriptorSchema.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) throw nestsTooDeep(source);
    throw error;
  }
}
