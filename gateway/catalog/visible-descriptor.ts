import type { ProductDescriptor } from "../../shared/product-descriptor.ts";
import type { QualityRule } from "../../shared/quality-rule.ts";
import type { HiddenNames } from "../supergraph/hidden-names.ts";

/** A descriptor without what clients do not know of: ports and checks of what is `@inaccessible`, or that name it. */
export function visibleDescriptor(descriptor: ProductDescriptor, hidden: HiddenNames): ProductDescriptor {
  const isVisible = (rule: QualityRule) =>
    hidden.isVisible(rule.on) &&
    (!("to" in rule) || hidden.isVisible(rule.to)) &&
    !wordsOf(rule).some((text) => hidden.isRevealing(text, rule.on));
  return {
    ...descriptor,
    outputPorts: descriptor.outputPorts.filter(({ type }) => hidden.isVisible(type)),
    quality: descriptor.quality.filter(isVisible),
  };
}

/** What its owners wrote in a rule; our own words, such as `rule: unique`, reveal nothing. */
function wordsOf(rule: QualityRule): readonly string[] {
  const { name, description = "" } = rule;
  switch (rule.rule) {
    case "format":
      return [name, description, rule.pattern];
    case "acceptedValues":
      return [name, description, ...rule.values.map(String)];
    case "sql":
      return [name, description, rule.query];
    case "pipeline":
      return [name, description, rule.assertion];
    default:
      return [name, description];
  }
}
