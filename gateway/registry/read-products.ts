import { type DocumentNode, Kind } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { ClientError } from "../../shared/errors.ts";
import { type ProductDescriptor, parseProductDescriptor } from "../../shared/product-descriptor.ts";
import { canonicalDirective, resolveLinks } from "../../shared/resolve-links.ts";
import type { Finding } from "../supergraph/finding.ts";
import type { Application } from "../supergraph/read-applications.ts";

/** A data product as its owners describe it, and the subgraph that serves it. */
export interface DescribedProduct {
  readonly subgraph: string;
  readonly descriptor: ProductDescriptor;
}

/** A subgraph's parsed schema with its descriptor, if it has one. */
export interface ProductSource {
  readonly name: string;
  readonly document: DocumentNode;
  /** Text of `product.yaml`. */
  readonly product: string | null;
}

export interface ReadProducts {
  readonly products: readonly DescribedProduct[];
  /** What descriptors say and schemas leave out: the product and the owner of each output port. */
  readonly applications: readonly Application[];
  readonly findings: readonly Finding[];
}

/**
 * Reads the descriptors of subgraphs and holds them to the schemas: what both say must be the same, what a descriptor
 * names must exist, and a product is described once.
 *
 * @param written what the schemas say with directives
 */
export function readProducts(
  sources: readonly ProductSource[],
  written: readonly Application[],
): ReadProducts {
  const products: DescribedProduct[] = [];
  const findings: Finding[] = [];
  for (const { name, product } of sources) {
    if (product === null) continue;
    const read = readDescriptor(name, product);
    if ("severity" in read) findings.push(read);
    else products.push({ subgraph: name, descriptor: read });
  }
  const schemas = new Map(sources.map(({ name, document }) => [name, listTypes(document)]));
  const applications: Application[] = [];
  for (const described of products) {
    const types = schemas.get(described.subgraph) ?? new Map();
    const own = written.filter(({ subgraph }) => subgraph === described.subgraph);
    findings.push(...compare(described, types, own), ...unknownFields(described, types, schemas));
    applications.push(...addUnwritten(described, types, own));
  }
  findings.push(...findTaken(products), ...unknownInputs(products, written));
  return { products, applications, findings };
}

interface TypeFacts {
  readonly fields: ReadonlySet<string>;
  readonly isObject: boolean;
  readonly isEntity: boolean;
}

type Types = ReadonlyMap<string, TypeFacts>;

function readDescriptor(subgraph: string, yaml: string): ProductDescriptor | Finding {
  try {
    return parseProductDescriptor(yaml, "product.yaml");
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return {
      severity: "error",
      code: error.code,
      coordinate: null,
      subgraphs: [subgraph],
      message: `The descriptor of ${subgraph} is not right: ${error.message}.`,
      remedy: "Correct the entry; shared/product.schema.json says what product.yaml may hold.",
    };
  }
}

function listTypes(document: DocumentNode): Types {
  const keys = resolveLinks(document).filter(({ identity }) => identity.endsWith("/federation"));
  const isKey = (name: string) => keys.some((link) => canonicalDirective(link, name) === "key");
  const types = new Map<string, TypeFacts>();
  for (const node of document.definitions) {
    const isObject = node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
    const isInterface =
      node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION;
    if (!isObject && !isInterface) continue;
    const known = types.get(node.name.value);
    types.set(node.name.value, {
      fields: new Set([...(known?.fields ?? []), ...(node.fields ?? []).map((field) => field.name.value)]),
      isObject,
      isEntity: (known?.isEntity ?? false) || (node.directives ?? []).some((item) => isKey(item.name.value)),
    });
  }
  return types;
}

/** Where the descriptor and the schema's directives say different things. */
function compare({ subgraph, descriptor }: DescribedProduct, types: Types, own: readonly Application[]) {
  const { id, outputPorts } = descriptor;
  const ports = new Set(outputPorts.map(({ type }) => type));
  const missing = outputPorts.filter(({ type }) => !types.has(type));
  const findings = missing.map(({ type }) =>
    finding(subgraph, "PRODUCT_PORT_UNKNOWN", null, {
      message: `product.yaml: outputPorts: ${subgraph} has no type ${type}.`,
      remedy: "Name an object or interface type of the schema that is published with it.",
    }),
  );
  const disagree = (coordinate: string, message: string) =>
    findings.push(
      finding(subgraph, "PRODUCT_DISAGREES", coordinate, {
        message: `${coordinate}: ${message}.`,
        remedy: "State it once: correct one of the two, or leave the directive out.",
      }),
    );
  for (const { coordinate, directive, args } of own) {
    const stated = directive.ofProduct?.(descriptor);
    if (stated === undefined) continue;
    const isPort = ports.has(coordinate);
    const product = productOf({ directive, args });
    if (product === id && types.get(coordinate)?.isEntity && !isPort)
      disagree(coordinate, `@${directive.name} ties it to ${id}, whose outputPorts do not name it`);
    if (product === id || (product === null && isPort))
      for (const difference of differences(args, stated))
        disagree(coordinate, `@${directive.name} says ${difference}`);
    else if (isPort)
      disagree(coordinate, `it is an output port of ${id}, but @${directive.name} says ${product}`);
  }
  return findings;
}

/** Rules of quality that name what is not there. */
function unknownFields(
  { subgraph, descriptor }: DescribedProduct,
  types: Types,
  all: ReadonlyMap<string, Types>,
): readonly Finding[] {
  const exists = (among: Types, coordinate: string) => {
    const [type = "", field] = coordinate.split(".");
    const known = among.get(type);
    return known !== undefined && (field === undefined || known.fields.has(field));
  };
  return descriptor.quality.flatMap((rule) => {
    const missing = (coordinate: string, severity: Finding["severity"]) =>
      finding(subgraph, "PRODUCT_FIELD_UNKNOWN", null, {
        severity,
        message: `product.yaml: quality: ${rule.name}: there is no ${coordinate}.`,
        remedy: "Name a type or a field of the schema, as Type or Type.field.",
      });
    return [
      ...(exists(types, rule.on) ? [] : [missing(rule.on, "error")]),
      // Another domain's key may come later.
      ...("to" in rule && ![...all.values()].some((among) => exists(among, rule.to))
        ? [missing(rule.to, "warning")]
        : []),
    ];
  });
}

function addUnwritten(
  { subgraph, descriptor }: DescribedProduct,
  types: Types,
  own: readonly Application[],
): readonly Application[] {
  return descriptor.outputPorts
    .filter(({ type }) => types.get(type)?.isObject)
    .flatMap(({ type }) =>
      DIRECTIVES.flatMap((directive) => {
        const args = directive.ofProduct?.(descriptor);
        const isWritten = own.some((item) => item.coordinate === type && item.directive === directive);
        return args === undefined || isWritten ? [] : [{ subgraph, coordinate: type, directive, args }];
      }),
    );
}

function findTaken(products: readonly DescribedProduct[]): readonly Finding[] {
  return products.flatMap(({ subgraph, descriptor }, index) => {
    const first = products.findIndex((other) => other.descriptor.id === descriptor.id);
    if (first === index) return [];
    return finding(subgraph, "PRODUCT_ID_TAKEN", null, {
      message: `product.yaml: id: ${products[first]?.subgraph} describes ${descriptor.id} already.`,
      remedy: "Give the product an id of its own.",
    });
  });
}

/** Products that are said to be inputs and that nobody offers (yet). */
function unknownInputs(
  products: readonly DescribedProduct[],
  written: readonly Application[],
): readonly Finding[] {
  const known = new Set([...products.map(({ descriptor }) => descriptor.id), ...written.map(productOf)]);
  return products.flatMap(({ subgraph, descriptor }) =>
    descriptor.inputPorts.flatMap((port) =>
      "product" in port && !known.has(port.product)
        ? [
            finding(subgraph, "PRODUCT_INPUT_UNKNOWN", null, {
              severity: "warning",
              message: `product.yaml: inputPorts: nobody offers ${port.product}.`,
              remedy: "Correct the id, or name a dataset outside the graph with `dataset`.",
            }),
          ]
        : [],
    ),
  );
}

/** The id of the product that a directive ties its place to. */
function productOf({ directive, args }: Pick<Application, "directive" | "args">): string | null {
  return directive.facts?.(args).product?.id ?? null;
}

/** Where a directive's arguments are not what the descriptor says in its place. */
function differences(args: unknown, stated: unknown): readonly string[] {
  const written = membersOf(args);
  return [...membersOf(stated)]
    .filter(([name, value]) => written.get(name) !== value)
    .map(([name, value]) => `${name} ${written.get(name)}, product.yaml says ${value}`);
}

function membersOf(args: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof args === "object" && args !== null ? Object.entries(args) : []);
}

function finding(
  subgraph: string,
  code: string,
  coordinate: string | null,
  rest: Pick<Finding, "message" | "remedy"> & { readonly severity?: Finding["severity"] },
): Finding {
  return { severity: "error", code, coordinate, subgraphs: [subgraph], ...rest };
}
