import type { CatalogProduct } from "../catalog.ts";
import { type Json, lay, patchSchema, plain } from "./json-patch.ts";
import { customList, STATUS } from "./vocabulary.ts";

/**
 * A product in the Open Data Product Standard 1.0 of Bitol (https://bitol-io.github.io/open-data-product-standard): its
 * ports, each with the contract that it keeps. What was imported and has no place with us is laid over it.
 *
 * @param versionOf the version of another product; null where nobody offers it
 */
export function toProduct(product: CatalogProduct, versionOf: (id: string) => string | null): Json {
  const patch = patchSchema.safeParse(product.descriptor?.standards?.odps);
  return lay(patch.success ? patch.data : null, ownProduct(product, versionOf));
}

/** The same without what was imported. */
export function ownProduct(product: CatalogProduct, versionOf: (id: string) => string | null): Json {
  const { id, name, version, status, domain, descriptor, ports } = product;
  const inputs = (descriptor?.inputPorts ?? []).map((port) => {
    const source = "product" in port ? port.product : port.dataset;
    const known = "product" in port ? versionOf(port.product) : null;
    return { name: source, version: known ?? UNKNOWN_VERSION, contractId: source };
  });
  return {
    apiVersion: "v1.0.0",
    kind: "DataProduct",
    id,
    name,
    version,
    status: STATUS[status],
    domain,
    ...(descriptor
      ? {
          description: {
            purpose: descriptor.purpose,
            usage: descriptor.terms.usage,
            limitations: descriptor.terms.limitations,
          },
          ...(descriptor.tags.length > 0 ? { tags: [...descriptor.tags] } : {}),
          ...(descriptor.created === undefined ? {} : { productCreatedTs: descriptor.created }),
        }
      : {}),
    ...(inputs.length > 0 ? { inputPorts: inputs } : {}),
    outputPorts: ports.map(({ type, description }) => ({
      name: type,
      ...(description === null ? {} : { description }),
      type: "graphql",
      version,
      contractId: id,
    })),
    ...(descriptor
      ? {
          ...(descriptor.support.length > 0 ? { support: plain(descriptor.support) } : {}),
          team: [{ username: descriptor.owner.contact, name: descriptor.owner.team, role: "owner" }],
          ...customList({ dpgDescriptor: withoutStandards(descriptor) }),
        }
      : {}),
  };
}

/** The standard wants a version of each input. */
const UNKNOWN_VERSION = "unknown";

/** Everything that the standard has no words for, in our own: service levels, quality, roles, terms. */
function withoutStandards({
  description,
  inputPorts,
  outputPorts,
  serviceLevels,
  quality,
  roles,
  terms,
}: NonNullable<CatalogProduct["descriptor"]>): Json {
  const { license = null, billing = null } = terms;
  return {
    description,
    inputPorts: plain(inputPorts),
    tables: Object.fromEntries(
      outputPorts.flatMap(({ type, table }) => (table === undefined ? [] : [[type, table]])),
    ),
    serviceLevels: plain(serviceLevels),
    quality: plain(quality),
    roles: plain(roles),
    license,
    billing,
  };
}
