import { stringify } from "yaml";
import { z } from "zod";
import { ClientError } from "../../../shared/errors.ts";
import { descriptorSchema, type ProductDescriptor } from "../../../shared/product-descriptor.ts";
import { type Artifact, compose, type SubgraphSource } from "../../registry/compose.ts";
import type { CatalogProduct } from "../catalog.ts";
import { describeCatalog } from "../describe-catalog.ts";
import { typeName } from "./contract-names.ts";
import { contractSchema, productSchema } from "./contract-schema.ts";
import { contractSdl } from "./contract-sdl.ts";
import { addressOf, describeProduct, ownerOf } from "./imported-product.ts";
import { distinctRules, rulesOf, serviceLevelsOf, UNPROMISED } from "./imported-promises.ts";
import { differ, type Json, type Patch, plain } from "./json-patch.ts";
import { ownContract, type ProductFacts } from "./to-contract.ts";
import { ownProduct } from "./to-product.ts";
import { readCustom } from "./vocabulary.ts";

/** What a document of a standard becomes: a descriptor, and of a contract also a schema. */
export interface Imported {
  readonly descriptor: ProductDescriptor;
  /** Text of `product.yaml`. */
  readonly product: string;
  /** Text of `schema.graphql`; null where the standard says nothing of fields. */
  readonly sdl: string | null;
}

/**
 * Takes over a contract (ODCS 3.x) or a product (Bitol's ODPS 1.0), as parsed from YAML. What has no place with us is kept
 * in the descriptor, so that exporting gives the same document again.
 *
 * @throws ClientError STANDARD_DOCUMENT_INVALID naming the entries; COMPOSITION_FAILED with findings where the contract's
 *   fields make no schema
 */
export function importStandard(document: unknown): Imported {
  const kind = z.looseObject({ kind: z.string() }).safeParse(document).data?.kind;
  const json = z.json().safeParse(document);
  const lost = unkept(document);
  if (lost !== null) throw new ClientError("STANDARD_DOCUMENT_INVALID", lost);
  if (!json.success || (kind !== "DataContract" && kind !== "DataProduct"))
    throw new ClientError("STANDARD_DOCUMENT_INVALID", "kind: expected DataContract or DataProduct");
  return kind === "DataContract" ? importContract(json.data) : importProduct(json.data);
}

/** What of a document could not be kept: a member that copies lose, characters that neither schemas nor databases take. */
function unkept(value: unknown): string | null {
  if (typeof value === "string" && /[\0\ud800-\udfff]/u.test(value))
    return `${JSON.stringify(value)}: expected no half characters and no U+0000`;
  if (typeof value !== "object" || value === null) return null;
  if (Object.hasOwn(value, "__proto__")) return "__proto__: no member may be called that";
  for (const item of [...Object.keys(value), ...Object.values(value)]) {
    const found = unkept(item);
    if (found !== null) return found;
  }
  return null;
}

/** The product of one subgraph alone, as the catalog would tell of it. @throws ClientError with findings */
export function describeAlone(source: SubgraphSource): ProductFacts {
  const composed = compose([source]);
  if (composed.kind === "refused")
    throw new ClientError("COMPOSITION_FAILED", `The schema of ${source.name} is refused.`, {
      findings: composed.findings,
    });
  return factsOf(composed.artifact);
}

function factsOf(artifact: Artifact): ProductFacts {
  const { products, fields, schema } = describeCatalog(artifact);
  const product = products.find(({ descriptor }) => descriptor !== null);
  if (!product) throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", "There is no product.yaml.");
  return { product, fields: fields.filter((field) => field.product === product.id), schema };
}

function importContract(document: Json): Imported {
  const contract = parse(contractSchema, document);
  const { id, domain } = addressOf(contract.id, contract.domain);
  const { sdl, types } = contractSdl(contract.schema, domain);
  const team = Array.isArray(contract.team) ? { members: contract.team } : (contract.team ?? {});
  const descriptor = describeProduct({
    ...contract,
    created: contract.contractCreatedTs,
    id,
    domain,
    owner: ownerOf(team.name, team.members ?? [], domain),
    outputPorts: contract.schema.map(({ name, description, physicalName }, index) => ({
      type: types[index] ?? typeName(name),
      description: description?.trim() || name.trim() || (types[index] ?? typeName(name)),
      ...(physicalName !== undefined && /^[a-z_][a-z0-9_]*$/.test(physicalName)
        ? { table: physicalName }
        : {}),
    })),
    serviceLevels: serviceLevelsOf(contract),
    quality: rulesOf(contract),
    roles: (contract.roles ?? []).map(({ role, access, description, customProperties: list }) => ({
      name: role.trim() || "role",
      access: access === "write" ? ("write" as const) : ("read" as const),
      ...(description?.trim() ? { description } : {}),
      scopes: readCustom(list, "dpgScopes", shape.roles.unwrap().element.shape.scopes) ?? [],
    })),
    inputPorts: readCustom(contract.customProperties, "dpgInputPorts", shape.inputPorts) ?? [],
    own: {
      description: readCustom(contract.customProperties, "dpgDescription", shape.description),
      license: readCustom(contract.customProperties, "dpgLicense", shape.terms.shape.license),
      billing: readCustom(contract.customProperties, "dpgBilling", shape.terms.shape.billing),
    },
  });
  const facts = describeAlone({
    name: domain,
    url: "http://127.0.0.1:1/",
    sdl,
    product: stringify(descriptor),
  });
  return finish(descriptor, sdl, "odcs", differ(ownContract(facts), document));
}

function importProduct(document: Json): Imported {
  const given = parse(productSchema, document);
  const { id, domain } = addressOf(given.id, given.domain);
  const own = readCustom(given.customProperties, "dpgDescriptor", ownWords);
  const descriptor = describeProduct({
    ...given,
    created: given.productCreatedTs,
    version: given.version ?? "1.0.0",
    id,
    domain,
    // What the standard calls a member is a person, but in what we exported.
    owner: ownerOf(own === undefined ? undefined : given.team?.[0]?.name, given.team ?? [], domain),
    outputPorts: given.outputPorts.map(({ name, description }) => {
      const type = typeName(name);
      const table = own?.tables[type];
      return {
        type,
        description: description?.trim() || name.trim() || type,
        ...(table === undefined ? {} : { table }),
      };
    }),
    serviceLevels: own?.serviceLevels ?? UNPROMISED,
    quality: distinctRules(own?.quality ?? []),
    roles: own?.roles ?? [],
    inputPorts:
      own?.inputPorts ??
      (given.inputPorts ?? []).map(({ name, contractId }) => ({
        dataset: (contractId ?? name).trim() || "unknown",
        description: name.trim() || "unknown",
      })),
    own: {
      description: own?.description,
      license: own?.license ?? undefined,
      billing: own?.billing ?? undefined,
    },
  });
  return finish(
    descriptor,
    null,
    "odps",
    differ(
      ownProduct(bareProduct(descriptor), () => null),
      document,
    ),
  );
}

/** The product as its descriptor alone tells. */
export function bareProduct(descriptor: ProductDescriptor): CatalogProduct {
  const { id, domain, name, version, status, owner, tags, outputPorts } = descriptor;
  const ports = outputPorts.map(({ type, description }) => ({ type, description, rules: [] }));
  return {
    id,
    subgraph: domain,
    domain,
    name,
    version,
    status,
    owner,
    tags,
    classification: null,
    descriptor,
    ports,
    rules: [],
  };
}

const { shape } = descriptorSchema;
const ownWords = z.object({
  description: shape.description,
  inputPorts: shape.inputPorts,
  tables: z.record(z.string(), shape.outputPorts.element.shape.table.unwrap()),
  serviceLevels: shape.serviceLevels,
  quality: shape.quality,
  roles: shape.roles,
  license: shape.terms.shape.license.nullable(),
  billing: shape.terms.shape.billing.nullable(),
});

function finish(
  descriptor: ProductDescriptor,
  sdl: string | null,
  standard: "odcs" | "odps",
  patch: Patch | null,
): Imported {
  const kept = patch && z.record(z.string(), z.json()).parse(plain(patch));
  const whole = kept ? { ...descriptor, standards: { [standard]: kept } } : descriptor;
  return { descriptor: whole, product: stringify(whole), sdl };
}

function parse<Value>(schema: z.ZodType<Value>, document: Json): Value {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "(top)"}: ${message}`);
  throw new ClientError("STANDARD_DOCUMENT_INVALID", faults.join("; "));
}
