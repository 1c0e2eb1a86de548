import { parse, stringify } from "yaml";
import {
  bareProduct,
  describeAlone,
  type Imported,
  importStandard,
} from "../../../gateway/catalog/standards/import-standard.ts";
import type { Json } from "../../../gateway/catalog/standards/json-patch.ts";
import { openFacts, withoutPeople } from "../../../gateway/catalog/standards/open-facts.ts";
import { type ProductFacts, toContract } from "../../../gateway/catalog/standards/to-contract.ts";
import { toProduct } from "../../../gateway/catalog/standards/to-product.ts";
import { parseProductDescriptor } from "../../../shared/product-descriptor.ts";
import { describePets, petSchema } from "../describe-product.ts";

/** A document as YAML, imported, with what the catalog then knows; of a product of ODPS no fields. */
export function importedFacts(document: Json): Imported & { readonly facts: ProductFacts } {
  const imported = importStandard(parse(stringify(document)));
  const { sdl, product, descriptor } = imported;
  if (sdl !== null) {
    const facts = describeAlone({ name: descriptor.domain, url: URL, sdl, product });
    return { ...imported, facts };
  }
  const own = bareProduct(parseProductDescriptor(product, "product.yaml"));
  return { ...imported, facts: { product: own, fields: [], schema: PETS.schema } };
}

/** A document imported and exported again in its own standard. */
export function exportedAgain(document: Json): Json {
  const { sdl, facts } = importedFacts(document);
  return sdl === null ? toProduct(facts.product, () => null) : toContract(facts);
}

/** What everybody gets of a product, in each of the standards. */
export function openDocuments(facts: ProductFacts): readonly Json[] {
  const open = openFacts(facts);
  return [toContract(open), toProduct(open.product, () => null)].map((document) =>
    withoutPeople(JSON.parse(JSON.stringify(document))),
  );
}

const URL = "http://127.0.0.1:1/";
const PETS = describeAlone({ name: "pet", url: URL, sdl: petSchema(), product: describePets() });
