import { z } from "zod";
import { LONGEST_NAME } from "./longest-name.ts";

const field = z
  .string()
  .regex(/^[A-Z]\w*\.[a-z_]\w*$/, "expected a coordinate such as Customer.email")
  .describe("The field: Type.field.");
const type = z
  .string()
  .regex(/^[A-Z]\w*$/, "expected the name of a GraphQL type")
  .describe("The type whose rows are looked at.");
const duration = z
  .string()
  .regex(/^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/, "expected an ISO 8601 duration such as PT15M");
const percent = z.number().min(0).max(100);

const common = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, "expected lower-case letters, digits, _ and -")
    .meta({ maxLength: LONGEST_NAME })
    .describe("Name of the rule, once per product."),
  description: z.string().trim().min(1).optional().describe("What it is for."),
  severity: z.enum(["error", "warning"]).default("error").describe("How bad a failure is."),
  every: duration.default("PT1H").describe("How often it is checked."),
};
const ofColumn = {
  ...common,
  column: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, "expected the name of a column")
    .optional()
    .describe("The column, where it is not the field's name in snake_case."),
};
const tolerated = percent.default(0).describe("Percent of rows that may break it.");

/** One rule of quality in `product.yaml`, by its kind. */
export const qualityRule = z.discriminatedUnion("rule", [
  z.strictObject({ ...ofColumn, rule: z.literal("notNull"), on: field, tolerated }),
  z.strictObject({ ...ofColumn, rule: z.literal("unique"), on: field }),
  z.strictObject({
    ...ofColumn,
    rule: z.literal("format"),
    on: field,
    pattern: z.string().min(1).max(500).describe("A POSIX regular expression that the whole value matches."),
    tolerated,
  }),
  z.strictObject({
    ...ofColumn,
    rule: z.literal("acceptedValues"),
    on: field,
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .describe("The values there may be."),
    tolerated,
  }),
  z.strictObject({
    ...common,
    rule: z.literal("rowCount"),
    on: type,
    min: z.int().min(0).optional().describe("How many rows at least."),
    max: z.int().min(0).optional().describe("How many rows at most."),
  }),
  z.strictObject({
    ...ofColumn,
    rule: z.literal("freshness"),
    on: field.describe("A field with the moment of a change: Type.field."),
    within: duration.describe("Age of the newest row at most."),
  }),
  z.strictObject({
    ...ofColumn,
    rule: z.literal("reference"),
    on: field,
    to: field.describe("The key that every value is found in, also in another domain: Type.field."),
    tolerated,
  }),
  z.strictObject({
    ...common,
    rule: z.literal("sql"),
    on: type,
    query: z.string().trim().min(1).describe("A SELECT of one number."),
    min: z.number().optional().describe("What the number is at least."),
    max: z.number().optional().describe("What the number is at most."),
  }),
  z.strictObject({
    ...common,
    rule: z.literal("pipeline"),
    on: z
      .union([field, type], { error: "expected a field or a type such as Customer.email" })
      .describe("The field or the type that the pipeline makes: Type.field or Type."),
    dataset: z
      .string()
      .regex(/^.+\/.+$/, "expected namespace/name")
      .describe("The dataset that the pipeline tests, as OpenLineage names it: namespace/name."),
    assertion: z.string().min(1).max(2000).describe("Name of the assertion that its events tell of."),
    column: z.string().min(1).max(2000).optional().describe("The column that it is about, where it is."),
  }),
]);

/** A rule of quality as its owners state it. */
export type QualityRule = Readonly<z.infer<typeof qualityRule>>;

/** A rule that is checked in the domain's own database, unlike one that a pipeline reports on. */
export type OwnRule = Exclude<QualityRule, { readonly rule: "pipeline" }>;

/** Tells the rules that domains check themselves. */
export function isOwnRule(rule: QualityRule): rule is OwnRule {
  return rule.rule !== "pipeline";
}
