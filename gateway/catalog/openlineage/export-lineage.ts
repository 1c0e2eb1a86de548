import { createHash } from "node:crypto";
import { type DocumentNode, Kind, type ObjectTypeDefinitionNode, parse, print } from "graphql";
import { z } from "zod";
import { descriptorSchema, type ProductDescriptor } from "../../../shared/product-descriptor.ts";
import { type JoinedField, readJoin } from "../../registry/read-join.ts";
import type { DescribedOperation } from "../../registry/usage-store.ts";
import { type ManifestFacts, manifestFacts, manifestSchema } from "../../supergraph/manifest-facts.ts";
import {
  columnLineageFacet,
  documentationFacet,
  type InputField,
  jobTypeFacet,
  ownershipFacet,
  PRODUCER,
  schemaFacet,
  sourceCodeFacet,
  versionFacet,
} from "./emitted-facets.ts";
import { splitDataset } from "./split-dataset.ts";

export interface ExportOptions {
  /** JSON text of the artifact that is served. */
  readonly content: string;
  /** Which applications sent which operations, recently. */
  readonly operations: readonly DescribedOperation[];
  /** Names the graph in namespaces: `graphql://authority`. */
  readonly authority: string;
  readonly at: Date;
}

const artifact = z.object({
  supergraph: z.string(),
  governance: manifestSchema,
  products: z.array(z.object({ subgraph: z.string(), descriptor: descriptorSchema })).default([]),
});

const SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs";

/** An OpenLineage event as JSON. */
export type EmittedEvent = Readonly<Record<string, unknown>>;

/**
 * The mesh as OpenLineage events (spec 2-0-2): each type that a product offers as a DatasetEvent, with what its fields are
 * made from, which of them are masked and which decide whether an object is seen; each product as the JobEvent that makes
 * them; and what applications read as RunEvents. A dataset is `graphql://authority` and `domain.product.Type`.
 */
export function exportLineage(options: ExportOptions): readonly EmittedEvent[] {
  const { supergraph, governance, products } = artifact.parse(JSON.parse(options.content));
  const document = parse(supergraph, { noLocation: true });
  const namespace = `graphql://${options.authority}`;
  const facts = grouped(manifestFacts(governance), ({ coordinate }) => coordinate);
  const joined = readJoin(document).fields;
  const graph: Graph = {
    namespace,
    types: objectTypes(document),
    fieldsOf: grouped(joined, ({ type }) => type),
    factsOf: (coordinate) => facts.get(coordinate) ?? [],
    productOf: new Map(
      products.flatMap(({ descriptor }) =>
        descriptor.outputPorts.map(({ type }) => [type, descriptor] as const),
      ),
    ),
  };
  const base = { eventTime: options.at.toISOString(), producer: PRODUCER };
  return [
    ...[...graph.productOf].flatMap(([type, product]) => {
      const dataset = datasetOf(graph, type, product);
      return dataset ? [{ ...base, schemaURL: `${SPEC}/DatasetEvent`, dataset }] : [];
    }),
    ...products.map(({ descriptor }) => ({
      ...base,
      schemaURL: `${SPEC}/JobEvent`,
      ...jobOf(graph, descriptor),
    })),
    ...options.operations.flatMap((operation) => runOf(graph, operation)),
  ];
}

interface Graph {
  readonly namespace: string;
  readonly types: ReadonlyMap<string, ObjectTypeDefinitionNode>;
  readonly fieldsOf: ReadonlyMap<string, readonly JoinedField[]>;
  readonly factsOf: (coordinate: string) => readonly ManifestFacts[];
  readonly productOf: ReadonlyMap<string, ProductDescriptor>;
}

function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const known = groups.get(keyOf(item));
    if (known) known.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function objectTypes(document: DocumentNode): Graph["types"] {
  return new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
}

function datasetOf(graph: Graph, type: string, product: ProductDescriptor): object | null {
  const node = graph.types.get(type);
  if (!node) return null;
  const fields = (node.fields ?? []).filter(
    ({ directives = [] }) => !directives.some(({ name }) => name.value === "inaccessible"),
  );
  const columns = fields.map(({ name }) => [name.value, inputsOf(graph, type, name.value)] as const);
  const filters = graph
    .factsOf(type)
    .flatMap(({ filteredBy }) => filteredBy)
    .flatMap((field) =>
      subgraphInputs(graph, type, field, { type: "INDIRECT", subtype: "FILTER", masking: false }),
    );
  return {
    namespace: graph.namespace,
    name: `${product.id}.${type}`,
    facets: {
      schema: schemaFacet(
        fields.map(({ name, type: of, description }) => ({
          name: name.value,
          type: print(of),
          ...(description ? { description: description.value } : {}),
        })),
      ),
      documentation: documentationFacet("Dataset", node.description?.value ?? product.description),
      ownership: ownershipFacet("Dataset", product.owner.team),
      version: versionFacet(product.version),
      columnLineage: columnLineageFacet(columns, filters),
    },
  };
}

type Transformation = InputField["transformations"][number];

/** What one field is made from: the subgraphs that resolve it, and what its owners say. */
function inputsOf(graph: Graph, type: string, field: string): readonly InputField[] {
  const facts = graph.factsOf(`${type}.${field}`).flatMap((item) => item.facts);
  const masking = facts.some(({ isMasked }) => isMasked === true);
  const subtype = masking ? "TRANSFORMATION" : "IDENTITY";
  const stated = facts.flatMap(({ sources = [] }) =>
    sources.flatMap(({ from, transform }): readonly InputField[] => {
      const place = placeOf(graph, from);
      const transformation: Transformation = {
        type: "DIRECT",
        subtype: transform === null ? subtype : "TRANSFORMATION",
        ...(transform === null ? {} : { description: transform }),
        masking,
      };
      return place ? [{ ...place, transformations: [transformation] }] : [];
    }),
  );
  return [...subgraphInputs(graph, type, field, { type: "DIRECT", subtype, masking }), ...stated];
}

function subgraphInputs(graph: Graph, type: string, field: string, transformation: Transformation) {
  const homes = graph.fieldsOf.get(type)?.find(({ name }) => name === field)?.subgraphs ?? [];
  return homes.map(
    (subgraph): InputField => ({
      namespace: `${graph.namespace}/${subgraph}`,
      name: type,
      field,
      transformations: [transformation],
    }),
  );
}

/** A coordinate of another product's, or a column; a dataset without a column is an input of the job only. */
function placeOf({ namespace, productOf }: Graph, from: string): Omit<InputField, "transformations"> | null {
  const [, type = "", coordinate = ""] = /^([_A-Za-z]\w*)\.(\w+)$/.exec(from) ?? [];
  const product = productOf.get(type);
  if (product) return { namespace, name: `${product.id}.${type}`, field: coordinate };
  const dataset = splitDataset(from);
  return dataset?.column ? { namespace: dataset.namespace, name: dataset.name, field: dataset.column } : null;
}

function jobOf(graph: Graph, { id, description, owner, outputPorts, inputPorts }: ProductDescriptor): object {
  const stated = inputPorts.flatMap((port) => ("dataset" in port ? (splitDataset(port.dataset) ?? []) : []));
  const fromProducts = inputPorts.flatMap((port) =>
    "product" in port
      ? [...graph.productOf].flatMap(([type, product]) =>
          product.id === port.product ? [{ namespace: graph.namespace, name: `${product.id}.${type}` }] : [],
        )
      : [],
  );
  const fields = outputPorts.flatMap(({ type }) =>
    (graph.fieldsOf.get(type) ?? []).flatMap(({ subgraphs: homes }) =>
      homes.map((home) => `${home} ${type}`),
    ),
  );
  const subgraphs = [...new Set(fields)].map((pair) => {
    const [home = "", type = ""] = pair.split(" ");
    return { namespace: `${graph.namespace}/${home}`, name: type };
  });
  return {
    job: {
      namespace: graph.namespace,
      name: id,
      facets: {
        jobType: jobTypeFacet("STREAMING", "DATA_PRODUCT"),
        documentation: documentationFacet("Job", description),
        ownership: ownershipFacet("Job", owner.team),
      },
    },
    inputs: [...stated.map(({ namespace, name }) => ({ namespace, name })), ...fromProducts, ...subgraphs],
    outputs: outputPorts.map(({ type }) => ({ namespace: graph.namespace, name: `${id}.${type}` })),
  };
}

function runOf(graph: Graph, operation: DescribedOperation): readonly EmittedEvent[] {
  const byType = new Map<string, string[]>();
  for (const coordinate of operation.coordinates) {
    const [, type = "", field = ""] = /^(\w+)\.(\w+)$/.exec(coordinate) ?? [];
    if (graph.productOf.has(type)) byType.set(type, [...(byType.get(type) ?? []), field]);
  }
  if (byType.size === 0) return [];
  const { clientName, operationName, hash, lastSeen, signature } = operation;
  const inputs = [...byType].map(([type, fields]) => ({
    namespace: graph.namespace,
    name: `${graph.productOf.get(type)?.id}.${type}`,
    facets: { schema: schemaFacet(fields.map((name) => ({ name }))) },
  }));
  return [
    {
      eventType: "COMPLETE",
      eventTime: new Date(lastSeen).toISOString(),
      producer: PRODUCER,
      schemaURL: `${SPEC}/RunEvent`,
      run: { runId: uuidOf([hash, clientName, lastSeen]), facets: {} },
      job: {
        namespace: graph.namespace,
        name: `${clientName || "unnamed"}.${operationName || hash.slice(0, 12)}`,
        facets: {
          jobType: jobTypeFacet("BATCH", "QUERY"),
          ...(signature === "" ? {} : { sourceCode: sourceCodeFacet(signature) }),
        },
      },
      inputs,
      outputs: [],
    },
  ];
}

/** The same for the same, so that whoever gets an event twice knows it. */
function uuidOf(parts: readonly string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
