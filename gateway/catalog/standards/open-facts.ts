import { type GraphQLSchema, isInterfaceType, isObjectType } from "graphql";
import { z } from "zod";
import type { ProductDescriptor } from "../../../shared/product-descriptor.ts";
import type { QualityRule } from "../../../shared/quality-rule.ts";
import type { CatalogField, CatalogRule } from "../catalog.ts";
import type { Json } from "./json-patch.ts";
import type { ProductFacts } from "./to-contract.ts";

/** Of what is left out; raised with each change to that, so that nobody gets what an older version wrote. */
export const OPEN_FORMAT = 2;

/**
 * What of a product is for everybody in the documents of other standards: no table, column or other dataset, no SQL,
 * nothing of pipelines, and nothing that an import laid beside what we know of. People are left out where the documents are
 * sent. The graph's catalog tells lineage, datasets too, to whom the directives of its own schema let ask: nobody asks for
 * these documents as anybody, so no directive could say who may read them.
 */
export function openFacts({ product, fields, schema }: ProductFacts): ProductFacts {
  const { descriptor } = product;
  return {
    product: { ...product, descriptor: descriptor && openDescriptor(descriptor) },
    fields: fields.map((field) => openField(field, schema)),
    schema,
  };
}

/** A document without people: of who answers for the product only the team's name, where it has one. */
export function withoutPeople(document: { readonly [key: string]: Json }): Json {
  const { team, support: _, ...rest } = document;
  const name = typeof team === "object" && team !== null && "name" in team ? team.name : undefined;
  return name === undefined ? rest : { ...rest, team: { name } };
}

function openDescriptor(descriptor: ProductDescriptor): ProductDescriptor {
  const { standards: _, outputPorts, inputPorts, quality, ...rest } = descriptor;
  return {
    ...rest,
    inputPorts: inputPorts.filter((port) => !("dataset" in port)),
    outputPorts: outputPorts.map(({ table: __, ...port }) => port),
    quality: quality.filter(({ rule }) => rule !== "sql" && rule !== "pipeline").map(withoutColumn),
  };
}

function withoutColumn(rule: QualityRule): QualityRule {
  if (!("column" in rule)) return rule;
  const { column: _, ...rest } = rule;
  return rest;
}

function openField(field: CatalogField, schema: GraphQLSchema): CatalogField {
  return { ...field, rules: field.rules.filter((rule) => isOpen(rule, schema)) };
}

const lineageArguments = z.object({ from: z.array(z.string()) });

/** Not what is made from something else than fields that clients know: how it is transformed may name it, too. */
function isOpen(rule: CatalogRule, schema: GraphQLSchema): boolean {
  if (rule.directive !== "lineage") return true;
  const args = lineageArguments.safeParse(JSON.parse(rule.arguments));
  return args.success && args.data.from.every((source) => isKnownField(source, schema));
}

function isKnownField(source: string, schema: GraphQLSchema): boolean {
  const [typeName = "", name = "", ...more] = source.split(".");
  const type = schema.getType(typeName);
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
  return more.length === 0 && Object.hasOwn(fields, name);
}
