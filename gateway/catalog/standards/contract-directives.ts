import { isDeepStrictEqual } from "node:util";
import { astFromValue, buildASTSchema, Kind, parse, print } from "graphql";
import { z } from "zod";
import { CLASSIFICATIONS } from "../../../shared/classification-levels.ts";
import type { DirectiveDefinition, Implied } from "../../../shared/define-directive.ts";
import { readArguments } from "../../../shared/directive-arguments.ts";
import { DIRECTIVES } from "../../../shared/directives/index.ts";
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

/** A list is guarded as its items are, whatever its logical type says: by the higher classification, and by their rules. @throws ClientError STANDARD_DOCUMENT_INVALID where both state guards that cannot hold together */
export function withItems(property: ContractProperty): ContractProperty {
  if (property.items === undefined) return property;
  const items = withItems(property.items);
  const { classification } = property;
  const level = (text: string | undefined) =>
    CLASSIFICATIONS.findIndex((item) => item === (text ?? "").trim().toUpperCase());
  const isLower = level(classification) < level(items.classification);
  return {
    ...property,
    customProperties: together(property.customProperties ?? [], items.customProperties ?? []),
    classification: isLower ? items.classification : classification,
  };
}

/**
 * What custom properties state of a place, and what the standard's own words mean for it. Of both on one matter the more
 * restrictive holds. @throws ClientError STANDARD_DOCUMENT_INVALID
 */
export function strictest(stated: readonly Implied[], meant: readonly Implied[]): readonly Implied[] {
  const isStated = ({ directive }: Implied) => stated.some((item) => item.directive === directive);
  const raised = stated.flatMap((item, index): Implied | readonly Implied[] => {
    const { directive: name } = item;
    const directive = DIRECTIVES.find((known) => known.name === name);
    const of = (list: readonly Implied[]) =>
      list.flatMap(({ directive: other, args }) =>
        directive && other === name ? [parsedArguments(directive, args)] : [],
      );
    if (!directive?.inherit || of(meant).length === 0) return item;
    const isFirst = stated.findIndex((other) => other.directive === name) === index;
    return isFirst ? directive.inherit(of(stated), of(meant)).map((args) => ({ directive: name, args })) : [];
  });
  return [...raised, ...meant.filter((item) => !isStated(item))];
}

type CustomProperties = NonNullable<ContractProperty["customProperties"]>;

/** A list's own words stand before those of its items, but an empty one says nothing, and of guards both hold. */
function together(list: CustomProperties, ofItems: CustomProperties): CustomProperties {
  const own = list.filter(({ value }) => !Array.isArray(value) || value.length > 0);
  const states = (words: CustomProperties, name: string) => words.some(({ property }) => property === name);
  const combined = ({ protects, covers, inherit }: DirectiveDefinition) => protects || covers || inherit;
  const guards = DIRECTIVES.filter(combined).flatMap((directive) => {
    const property = directiveProperty(directive.name);
    if (!states(own, property) || !states(ofItems, property)) return [];
    const value = bothOf(directive, rawArguments(directive, own), rawArguments(directive, ofItems));
    return [{ property, value: z.array(z.json()).parse(value) }];
  });
  return [
    ...own.filter(({ property }) => !states(guards, property)),
    ...ofItems.filter(({ property }) => !states(own, property)),
    ...guards,
  ];
}

/** Beside each other where a place may have several, of which the strictest is applied; else as one that is as strict as both. */
function bothOf(
  directive: DirectiveDefinition,
  own: readonly unknown[],
  ofItems: readonly unknown[],
): readonly unknown[] {
  if (ofItems.length === 0) return own;
  if (buildASTSchema(parse(directive.sdl)).getDirective(directive.name)?.isRepeatable)
    return [...own, ...ofItems.filter((item) => own.every((other) => !isDeepStrictEqual(item, other)))];
  const parsed = (list: readonly unknown[]) => list.map((args) => parsedArguments(directive, args));
  if (directive.inherit) return directive.inherit(parsed(own), parsed(ofItems));
  const merged = directive.merge([
    { subgraph: "the list", applications: parsed(own) },
    { subgraph: "its items", applications: parsed(ofItems) },
  ]);
  if (merged.kind === "merged") return merged.applications;
  throw new ClientError(
    "STANDARD_DOCUMENT_INVALID",
    `customProperties: ${directiveProperty(directive.name)} of a list and of its items: ${merged.reason}`,
  );
}

function rawArguments(directive: DirectiveDefinition, list: CustomProperties): readonly unknown[] {
  return applied(directive, list).map(({ args }) => args);
}

/** Read as SDL, where values of enums are told from texts. @throws ClientError STANDARD_DOCUMENT_INVALID */
function parsedArguments(directive: DirectiveDefinition, args: unknown): unknown {
  const names = buildASTSchema(parse(directive.sdl)).getDirective(directive.name)?.args ?? [];
  const isKnown = (key: string) => names.some(({ name }) => name === key);
  if (typeof args !== "object" || args === null || !Object.keys(args).every(isKnown)) throw unfit(directive);
  const [scalar] = parse(`scalar S ${printApplication(directive, args)}`).definitions;
  const [written] = scalar?.kind === Kind.SCALAR_TYPE_DEFINITION ? (scalar.directives ?? []) : [];
  const parsed = directive.args.safeParse(written && readArguments(written));
  if (!parsed.success) throw unfit(directive);
  return parsed.data;
}

function unfit({ name }: DirectiveDefinition): ClientError {
  return new ClientError(
    "STANDARD_DOCUMENT_INVALID",
    `customProperties: ${directiveProperty(name)}: expected a list of the arguments of @${name}`,
  );
}
