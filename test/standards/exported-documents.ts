import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { describeCatalog } from "../../gateway/catalog/describe-catalog.ts";
import { exportLineage } from "../../gateway/catalog/openlineage/export-lineage.ts";
import {
  bareProduct,
  describeAlone,
  importStandard,
} from "../../gateway/catalog/standards/import-standard.ts";
import { openFacts } from "../../gateway/catalog/standards/open-facts.ts";
import { type ProductFacts, toContract } from "../../gateway/catalog/standards/to-contract.ts";
import { toProduct } from "../../gateway/catalog/standards/to-product.ts";
import { type Artifact, compose } from "../../gateway/registry/compose.ts";
import { describePets, petSchema } from "../testkit/describe-product.ts";
import { anyContract } from "../testkit/standards/any-contract.ts";
import { anyOwnQuality } from "../testkit/standards/any-own-quality.ts";
import { anyProduct } from "../testkit/standards/any-product.ts";
import { domainChange } from "../testkit/start-catalog.ts";

/** A document of ours, or one that came back. */
export interface Exported {
  readonly name: string;
  readonly standard: "odcs" | "odps";
  readonly document: unknown;
  /** What was imported, where the document is to be the same; else null. */
  readonly imported: unknown;
}

/** The demo's composition, as the registry has it. */
export function demoArtifact(): Artifact {
  const sources = ["customer", "product", "order", "catalog"].map((name) => {
    const { source } = domainChange(name);
    return { name, url: URL, sdl: source?.sdl ?? "", product: source?.product ?? null };
  });
  const composed = compose(sources);
  if (composed.kind === "refused") throw new Error(JSON.stringify(composed.findings));
  return composed.artifact;
}

/** Contracts and products of the demo: whole, and as everybody gets them. */
export function demoDocuments(artifact: Artifact): readonly Exported[] {
  const { products, fields, schema } = describeCatalog(artifact);
  return products.flatMap((product) => {
    const own = fields.filter((field) => field.product === product.id);
    return documentsOf(product.id, { product, fields: own, schema });
  });
}

/** Products with any rules of quality; contracts and products of others that came back, with every part of their standards. */
export function randomDocuments(count: number, seed: number): readonly Exported[] {
  const own = fc.sample(anyOwnQuality(), { numRuns: count, seed }).flatMap((quality, index) => {
    const product = describePets({ quality: JSON.parse(JSON.stringify(quality)) });
    return documentsOf(
      `random product ${index}`,
      describeAlone({ name: "pet", url: URL, sdl: petSchema(), product }),
    );
  });
  const foreign = [anyContract(), anyProduct()].flatMap((any) => fc.sample(any, { numRuns: count, seed }));
  const back = foreign.flatMap((document, index) =>
    returned(`random document ${index}`, JSON.parse(JSON.stringify(document))),
  );
  return [...own, ...back];
}

/** The documents of a folder, imported and exported again. */
export function exampleDocuments(folder: string): readonly Exported[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return files.flatMap((name) => returned(name, parse(readFileSync(join(folder, name), "utf8"))));
}

/** The demo as OpenLineage events, an application's operation among them. */
export function demoEvents(artifact: Artifact): ReturnType<typeof exportLineage> {
  const operation = {
    hash: "0".repeat(64),
    clientName: "shop",
    clientVersion: "1",
    operationName: "Totals",
    signature: "query Totals{orders{nodes{total}}}",
    coordinates: ["Query.orders", "Order.total", "Customer.email"],
    requests: 1,
    errors: 0,
    authenticated: false,
    scopes: [],
    purpose: null,
    lastSeen: new Date().toISOString(),
  };
  return exportLineage({
    content: JSON.stringify(artifact),
    operations: [operation],
    authority: "data.example.com",
    at: new Date(),
  });
}

const URL = "http://127.0.0.1:1/";

/** What came from elsewhere: once as it came, and once as everybody gets it, without what was laid beside ours. */
function returned(name: string, document: unknown): readonly Exported[] {
  const { descriptor, product, sdl } = importStandard(document);
  if (sdl === null) {
    const again = bareProduct(descriptor);
    const imported: Exported = {
      name,
      standard: "odps",
      document: toProduct(again, () => null),
      imported: document,
    };
    return [imported, ...openDocuments(name, { product: again, fields: [], schema: NO_FIELDS.schema })];
  }
  const facts = describeAlone({ name: descriptor.domain, url: URL, sdl, product });
  return [
    { name, standard: "odcs", document: toContract(facts), imported: document },
    ...openDocuments(name, facts),
  ];
}

const NO_FIELDS = describeAlone({ name: "pet", url: URL, sdl: petSchema(), product: describePets() });

function documentsOf(name: string, facts: ProductFacts): readonly Exported[] {
  return [...written(name, facts), ...openDocuments(name, facts)];
}

function openDocuments(name: string, facts: ProductFacts): readonly Exported[] {
  return written(`${name}, open`, openFacts(facts));
}

function written(name: string, facts: ProductFacts): readonly Exported[] {
  return [
    { name, standard: "odcs", document: toContract(facts), imported: null },
    { name, standard: "odps", document: toProduct(facts.product, () => null), imported: null },
  ];
}
