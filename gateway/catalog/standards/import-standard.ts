import { stringify } from "yaml";
import { z } from "zod";
import { ClientError } from "../../../shared/errors.ts";
import { descriptorSchema, type ProductDescriptor } from "../../../shared/product-descriptor.ts";
import { type Artifact, compose, type SubgraphSource } from "../../registry/compose.ts";
import type { CatalogProduct } from "../catalog.ts";
import { describeCatalog } from "../describe-catalog.ts";
import { contractSchema, productSchema } from "./contract-schema.ts";
import { contractSdl, typeName } from "./contract-sdl.ts";
import { addressOf, describeProduct, ownerOf } from "./imported-product.ts";
import { rulesOf, serviceLevelsOf, UNPROMISED } from "./imported-promises.ts";
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
  if (!json.success || (kind !== "DataContract" && kind !== "DataProduct"))
    throw new ClientError("STANDARD_DOCUMENT_INVALID", "kind: expected DataContract or DataProduct");
  return kind === "DataContract" ? importContract(json.data) : importProduct(json.data);
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
      scopes: readCustom(list, "dpgScopes", z.array(z.string().min(1))) ?? [],
    })),
    inputPorts:
      readCustom(contract.customProperties, "dpgInputPorts", descriptorSchema.shape.inputPorts) ?? [],
    own: {
      description: readCustom(contract.customProperties, "dpgDescription", z.string().min(1)),
      license: readCustom(contract.customProperties, "dpgLicense", z.string().min(1)),
      billing: readCustom(contract.customProperties, "dpgBilling", z.string().min(1)),
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
  const [member] = given.team ?? [];
  const own = readCustom(given.customProperties, "dpgDescriptor", ownWords);
  const descriptor = describeProduct({
    ...given,
    created: given.productCreatedTs,
    version: given.version ?? "1.0.0",
    id,
    domain,
    owner: ownerOf(member?.name, given.team ?? [], domain),
    outputPorts: given.outputPorts.map(({ name, description }) => {
      const type = typeName(name);
      const table = own?.tables[type];
      return { type, description: description?.trim() || name, ...(table === undefined ? {} : { table }) };
    }),
    serviceLevels: own?.serviceLevels ?? UNPROMISED,
    quality: own?.quality ?? [],
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

const ownWords = z.object({
  description: z.string().min(1),
  inputPorts: descriptorSchema.shape.inputPorts,
  tables: z.record(z.string(), z.string()),
  serviceLevels: descriptorSchema.shape.serviceLevels,
  quality: descriptorSchema.shape.quality,
  roles: descriptorSchema.shape.roles,
  license: z.string().nullable(),
  billing: z.string().nullable(),
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
