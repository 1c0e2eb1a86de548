import { astFromValue, buildASTSchema, parse, print } from "graphql";
import { z } from "zod";
import { CLASSIFICATIONS } from "../../../shared/classification-levels.ts";
import type { DirectiveDefinition, Implied } from "../../../shared/define-directive.ts";
import { ClientError } from "../../../shared/errors.ts";
import type { ContractProperty } from "./contract-schema.ts";
import { directiveProperty } from "./vocabulary.ts";

/** A directive with its arguments as SDL. @throws ClientError STANDARD_DOCUMENT_INVALID where they do not fit it */
export function printApplication(directive: DirectiveDefinition, args: unknown): string {
  const definition = buildASTSchema(parse(directive.sdl)).getDirective(directive.name);
  const parsed = z.record(z.string(), z.unknown()).safeParse(args);
  if (!parsed.success) throw unfit(directive);
  const values = new Map(Object.entries(parsed.data));
  try {
    const written = (definition?.args ?? []).flatMap(({ name, type }) => {
      const node = values.has(name) ? astFromValue(values.get(name), type) : null;
      return node ? [`${name}: ${print(node)}`] : [];
    });
    return `@${directive.name}${written.length > 0 ? `(${written.join(", ")})` : ""}`;
  } catch {
    throw unfit(directive);
  }
}

/** How often custom properties apply a directive, and to what: who wrote one that cannot be read meant to protect something. @throws ClientError STANDARD_DOCUMENT_INVALID */
export function applied(
  directive: DirectiveDefinition,
  list: ContractProperty["customProperties"],
): readonly Implied[] {
  const property = directiveProperty(directive.name);
  return (list ?? []).flatMap((item) => {
    if (item.property !== property) return [];
    if (!Array.isArray(item.value)) throw unfit(directive);
    return item.value.map((args): Implied => ({ directive: directive.name, args }));
  });
}

/** A list is guarded as its items are: by the higher classification, and by their rules where it has none of that name. */
export function withItems(property: ContractProperty): ContractProperty {
  const items = property.logicalType === "array" && property.items ? withItems(property.items) : null;
  if (items === null) return property;
  const { customProperties: own = [], classification } = property;
  const rules = (items.customProperties ?? []).filter((item) =>
    own.every(({ property: name }) => name !== item.property),
  );
  const level = (text: string | undefined) =>
    CLASSIFICATIONS.findIndex((item) => item === (text ?? "").trim().toUpperCase());
  const isLower = level(classification) < level(items.classification);
  return {
    ...property,
    customProperties: [...own, ...rules],
    classification: isLower ? items.classification : classification,
  };
}

function unfit({ name }: DirectiveDefinition): ClientError {
  return new ClientError(
    "STANDARD_DOCUMENT_INVALID",
    `customProperties: ${directiveProperty(name)}: expected a list of the arguments of @${name}`,
  );
}
