import { z } from "zod";
import type { DirectiveDefinition, Implied } from "../../../shared/define-directive.ts";
import { DIRECTIVES } from "../../../shared/directives/index.ts";
import { GOVERNANCE_IDENTITY } from "../../../shared/strip-governance.ts";
import { applied, printApplication, strictest, withItems } from "./contract-directives.ts";
import { BUILT_IN, freeName, named, typeName, typeNamed } from "./contract-names.ts";
import { elementOf, enumValues, isGuardedAs, isScalar } from "./contract-parts.ts";
import type { ContractObject, ContractProperty } from "./contract-schema.ts";
import { readCustom } from "./vocabulary.ts";

/** A schema that offers what a contract describes, with the rules that it states; `types` are the names it gives. */
export interface ContractSdl {
  readonly sdl: string;
  /** In the order of the contract's schema objects, of which two may have the same name. */
  readonly types: readonly string[];
}

/** Writes a contract's schema as a subgraph. */
export function contractSdl(objects: readonly ContractObject[], domain: string): ContractSdl {
  const writer = new SdlWriter(domain);
  const types = objects.map(({ name, properties }) => writer.reserve(typeName(name), properties));
  for (const [index, object] of objects.entries()) writer.object(object, types[index] ?? "");
  return { sdl: writer.print(), types };
}

class SdlWriter {
  readonly #domain: string;
  readonly #names = new Set([...BUILT_IN, "Query", "Mutation", "Subscription"]);
  readonly #types: string[] = [];
  readonly #roots: string[] = [];
  readonly #rootNames = new Set<string>();
  /** The names by which properties may mean a type: those of objects, and of what properties made. */
  readonly #shared = new Map<string, readonly ContractProperty[] | "enum">();
  readonly #scalars = new Set<string>();
  readonly #used = new Map<string, DirectiveDefinition["spec"]>();

  constructor(domain: string) {
    this.#domain = domain;
  }

  /** The name, or a similar one that is free. */
  reserve(name: string, as: readonly ContractProperty[] | "enum"): string {
    const free = freeName(name, this.#names);
    this.#shared.set(free, as);
    return free;
  }

  object({ description, properties, customProperties }: ContractObject, name: string): void {
    const keys = this.#type(name, properties, {
      description,
      directives: this.#written({ customProperties }),
      isEntity: true,
    });
    const field = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const [key] = keys;
    this.#roots.push(
      key === undefined || keys.length > 1
        ? `  "All of them."\n  ${freeName(`${field}s`, this.#rootNames)}: [${name}!]`
        : `  "One by its key."\n  ${freeName(field, this.#rootNames)}(${key}: ID!): ${name}`,
    );
  }

  print(): string {
    const imports = (spec: string) =>
      [...this.#used].flatMap(([name, of]) => (of === spec ? [`"@${name}"`] : [])).join(", ");
    const links = [
      `@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@tag"${imports("federation") ? `, ${imports("federation")}` : ""}])`,
      ...(imports("governance")
        ? [`@link(url: "${GOVERNANCE_IDENTITY}/v1.0", import: [${imports("governance")}])`]
        : []),
    ];
    return `${[
      `extend schema\n  ${links.join("\n  ")}`,
      ...[...this.#scalars].map((name) => `scalar ${name}`),
      `type Query {\n${this.#roots.join("\n")}\n}`,
      ...this.#types,
    ].join("\n\n")}\n`;
  }

  /** @returns the names of its key fields */
  #type(
    name: string,
    properties: readonly ContractProperty[],
    options: {
      readonly description?: string | undefined;
      readonly directives: string;
      readonly isEntity: boolean;
    },
  ): readonly string[] {
    const keys: string[] = [];
    const fields = named(properties).map(([field, property]) => {
      if (property.primaryKey && isScalar(property)) keys.push(field);
      return this.#field(property, field, name);
    });
    const key = options.isEntity && keys.length > 0 ? ` @key(fields: "${keys.join(" ")}")` : "";
    const body = fields.length > 0 ? fields : ["  _empty: Boolean"];
    this.#types.push(
      `${block(options.description, "")}type ${name}${key}${options.directives} {\n${body.join("\n")}\n}`,
    );
    return keys;
  }

  #field(property: ContractProperty, field: string, parent: string): string {
    const { description, tags = [], customProperties } = property;
    const deprecated = readCustom(customProperties, "dpgDeprecated", z.string());
    const directives = [
      this.#written(withItems(property)),
      ...tags.filter((tag) => /^[\w/-]+$/.test(tag)).map((tag) => ` @tag(name: ${JSON.stringify(tag)})`),
      deprecated === undefined ? "" : ` @deprecated(reason: ${JSON.stringify(deprecated)})`,
    ].join("");
    return `${block(description, "  ")}  ${field}: ${this.#output(property, field, parent)}${directives}`;
  }

  /** Its type: as the physical type says, where that is one of ours, else by its parts and the logical type. */
  #output(property: ContractProperty, field: string, parent: string): string {
    const { physicalType = "", logicalType, required = false, items, customProperties } = property;
    const named = typeNamed(physicalType);
    const element = elementOf(property);
    const values = element.properties ? undefined : enumValues(customProperties);
    const made =
      values === undefined
        ? this.#made(element, `${parent}${typeName(field)}`, named)
        : this.#enum(named ?? `${parent}${typeName(field)}`, values);
    if (named !== null && made === named) return physicalType;
    const written = logicalType === "array" || items ? `[${made}]` : made;
    return required ? `${written}!` : written;
  }

  #made(
    { logicalType, properties, primaryKey }: ContractProperty,
    own: string,
    named: string | null,
  ): string {
    if (properties) return this.#nested(properties, named, own);
    if (named !== null && BUILT_IN.includes(named)) return named;
    const scalar = primaryKey ? "ID" : (SCALARS[logicalType ?? "string"] ?? "String");
    return this.#isFree(scalar) ? scalar : "String";
  }

  /** The type that the physical type names, where that is one of objects; else one of its own. */
  #nested(properties: readonly ContractProperty[], named: string | null, own: string): string {
    const known = named === null ? undefined : this.#shared.get(named);
    if (named !== null && Array.isArray(known) && isGuardedAs(known, properties)) return named;
    const name = this.reserve(named ?? own, properties);
    this.#type(name, properties, { directives: "", isEntity: false });
    return name;
  }

  /** Whether a scalar can have its usual name, and declares it. */
  #isFree(scalar: string): boolean {
    if (BUILT_IN.includes(scalar) || this.#scalars.has(scalar)) return true;
    if (this.#names.has(scalar)) return false;
    this.#names.add(scalar);
    this.#scalars.add(scalar);
    return true;
  }

  #enum(own: string, values: readonly string[]): string {
    if (this.#shared.get(own) === "enum") return own;
    const name = this.reserve(own, "enum");
    this.#types.push(`enum ${name} {\n${[...new Set(values)].map((value) => `  ${value}`).join("\n")}\n}`);
    return name;
  }

  /** The directives that custom properties carry, and those that the standard's own words stand for. */
  #written({
    customProperties,
    classification,
  }: Pick<ContractProperty, "customProperties" | "classification">): string {
    const stated = DIRECTIVES.flatMap((directive) => applied(directive, customProperties));
    const categories = (readCustom(customProperties, "dpgCategories", z.array(z.string())) ?? []).filter(
      (name) => name !== "",
    );
    const isProtected = stated.some(({ directive }) => find(directive)?.protects);
    const words = {
      domain: this.#domain,
      classification: classification?.trim() ?? "",
      categories,
      isProtected,
    };
    const meant = DIRECTIVES.flatMap((directive) => directive.ofContract?.(words) ?? []);
    return strictest(stated, meant)
      .map((item) => this.#application(item))
      .join("");
  }

  #application({ directive: name, args }: Implied): string {
    const directive = find(name);
    if (!directive) return "";
    this.#used.set(name, directive.spec);
    return ` ${printApplication(directive, args)}`;
  }
}

const SCALARS: Readonly<Record<string, string>> = {
  string: "String",
  number: "Float",
  integer: "Int",
  boolean: "Boolean",
  date: "Date",
  timestamp: "DateTime",
  time: "Time",
  object: "JSON",
};

function find(name: string): DirectiveDefinition | undefined {
  return DIRECTIVES.find((item) => item.name === name);
}

function block(description: string | undefined, indent: string): string {
  const text = (description ?? "").trim();
  return text === "" ? "" : `${indent}${JSON.stringify(text)}\n`;
}
