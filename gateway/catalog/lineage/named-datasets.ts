import { z } from "zod";
import { descriptorSchema } from "../../../shared/product-descriptor.ts";
import { manifestFacts, manifestSchema } from "../../supergraph/manifest-facts.ts";
import { datasetOf, isField } from "./place-id.ts";

/** A dataset that a product says it is made from. */
export interface NamedDataset {
  /** `namespace/name`. */
  readonly dataset: string;
  /** The field that is made from it; null for an input port. */
  readonly coordinate: string | null;
  /** Of the product: of a field, of the one that offers its type; undefined where none does. */
  readonly domain: string | undefined;
  /** Its id; undefined where no product that is described offers the type. */
  readonly product: string | undefined;
}

const artifact = z.object({
  products: z.array(z.object({ descriptor: descriptorSchema })).default([]),
  governance: manifestSchema,
});

/**
 * The datasets that a generation's products name as input ports or with `@lineage`, also at fields that clients do not
 * know.
 *
 * @param content JSON text of the artifact
 */
export function namedDatasets(content: string): readonly NamedDataset[] {
  const { products, governance } = artifact.parse(JSON.parse(content));
  const facts = manifestFacts(governance);
  const domains = new Map([
    ...facts.flatMap(({ coordinate, facts: stated }) =>
      stated.flatMap(({ product }) => (product ? [[coordinate, product.domain] as const] : [])),
    ),
    ...products.flatMap(({ descriptor: { domain, outputPorts } }) =>
      outputPorts.map(({ type }) => [type, domain] as const),
    ),
  ]);
  const offered = new Map(
    products.flatMap(({ descriptor: { id, outputPorts } }) =>
      outputPorts.map(({ type }) => [type, id] as const),
    ),
  );
  const ports = products.flatMap(({ descriptor: { id: product, domain, inputPorts } }) =>
    inputPorts.flatMap((port) =>
      "dataset" in port ? [{ dataset: datasetOf(port.dataset), coordinate: null, domain, product }] : [],
    ),
  );
  const sources = facts.flatMap(({ coordinate, facts: stated }) =>
    stated
      .flatMap(({ sources: all = [] }) => all)
      .filter(({ from }) => !isField(from))
      .map(({ from }) => ({
        dataset: datasetOf(from),
        coordinate,
        domain: domains.get(coordinate.split(".")[0] ?? ""),
        product: offered.get(coordinate.split(".")[0] ?? ""),
      })),
  );
  return [...ports, ...sources];
}
