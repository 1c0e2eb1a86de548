import { z } from "zod";
import { descriptorSchema, type ProductDescriptor } from "../../../shared/product-descriptor.ts";
import { qualityRule } from "../../../shared/quality-rule.ts";
import type { Contract, ContractProperty } from "./contract-schema.ts";
import { type customProperties, readCustom } from "./vocabulary.ts";

/** For documents that promise nothing. */
export const UNPROMISED: ProductDescriptor["serviceLevels"] = {
  availability: 0,
  latencyP95Ms: 60_000,
  freshness: "P365D",
  onStale: "off",
  deprecationNotice: "P90D",
};

/** What a contract promises, as far as we have words for it. */
export function serviceLevelsOf({
  slaProperties = [],
  customProperties: list,
}: Contract): ProductDescriptor["serviceLevels"] {
  // What is promised in another unit, or of one element alone, is no such promise of ours.
  const promised = (property: string, unit?: string) =>
    slaProperties.find(
      (item) => item.property === property && item.element === undefined && (item.unit ?? unit) === unit,
    )?.value;
  const shape = descriptorSchema.shape.serviceLevels.shape;
  const onStale = readCustom(list, "dpgOnStale", z.enum(["warn", "block"])) ?? "off";
  const errorRate = shape.errorRate.safeParse(promised("errorRate", "percent")).data;
  return {
    availability:
      shape.availability.safeParse(promised("availability", "percent")).data ?? UNPROMISED.availability,
    latencyP95Ms: shape.latencyP95Ms.safeParse(promised("latency", "ms")).data ?? UNPROMISED.latencyP95Ms,
    ...(errorRate === undefined ? {} : { errorRate }),
    freshness: shape.freshness.safeParse(promised("freshness")).data ?? UNPROMISED.freshness,
    onStale,
    deprecationNotice:
      shape.deprecationNotice.safeParse(promised("deprecationNotice")).data ?? UNPROMISED.deprecationNotice,
  };
}

/** Rules of ours; those of others stay where they were. */
export function rulesOf({ schema }: Contract): ProductDescriptor["quality"] {
  const items = schema.flatMap(({ quality = [], properties }) => [
    ...quality,
    ...properties.flatMap(itemsOf),
  ]);
  const rules = items.flatMap(({ customProperties: list }) => readCustom(list, "dpgRule", qualityRule) ?? []);
  return distinctRules(rules);
}

/** Of rules of one name the first. */
export function distinctRules(rules: ProductDescriptor["quality"]): ProductDescriptor["quality"] {
  return rules.filter(({ name }, index) => rules.findIndex((rule) => rule.name === name) === index);
}

function itemsOf({
  quality = [],
  properties = [],
  items,
}: ContractProperty): readonly { customProperties?: z.infer<typeof customProperties> | undefined }[] {
  return [...quality, ...properties.flatMap(itemsOf), ...(items ? itemsOf(items) : [])];
}
