import { readFile } from "node:fs/promises";
import { type DocumentNode, type GraphQLSchema, Kind, parse } from "graphql";
import { ClientError } from "../errors.ts";
import { type ProductDescriptor, parseProductDescriptor } from "../product-descriptor.ts";
import { canonicalDirective, resolveLinks } from "../resolve-links.ts";
import { GOVERNANCE_IDENTITY } from "../strip-governance.ts";
import { buildSubgraphSchema } from "./build-subgraph-schema.ts";
import type { SubgraphDefinition } from "./subgraph-definition.ts";

/** A subgraph's folder, read and checked. */
export interface LoadedSubgraph {
  readonly schema: GraphQLSchema;
  readonly descriptor: ProductDescriptor;
  /** Tables of the types that are row-filtered, which must have row-level security. */
  readonly protectedTables: readonly string[];
}

/**
 * Reads `schema.graphql` and `product.yaml` of a subgraph. Throws FILE_UNREADABLE, SUBGRAPH_SCHEMA_INVALID or
 * PRODUCT_DESCRIPTOR_INVALID.
 */
export async function loadSubgraph(
  definition: Pick<SubgraphDefinition, "directory" | "resolvers" | "database">,
): Promise<LoadedSubgraph> {
  const [sdl, yaml] = await Promise.all([
    readText(new URL("schema.graphql", definition.directory)),
    readText(new URL("product.yaml", definition.directory)),
  ]);
  const descriptor = parseProductDescriptor(yaml, "product.yaml");
  const schema = buildSubgraphSchema(sdl, definition.resolvers);
  checkPorts(schema, descriptor);
  const filtered = definition.database === "none" ? [] : rowFilteredTypes(parse(sdl));
  return { schema, descriptor, protectedTables: filtered.map((type) => tableOf(type, descriptor)) };
}

async function readText(file: URL): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new ClientError("FILE_UNREADABLE", `${file.pathname}: ${reason}`);
  }
}

function checkPorts(schema: GraphQLSchema, descriptor: ProductDescriptor): void {
  const missing = descriptor.outputPorts.filter((port) => !schema.getType(port.type));
  if (missing.length === 0) return;
  const names = missing.map((port) => port.type).join(", ");
  throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", `product.yaml: outputPorts: no such type: ${names}`);
}

function tableOf(type: string, descriptor: ProductDescriptor): string {
  const table = descriptor.outputPorts.find((port) => port.type === type)?.table;
  if (table !== undefined) return table;
  throw new ClientError(
    "PRODUCT_DESCRIPTOR_INVALID",
    `product.yaml: outputPorts: ${type} is row-filtered and needs its table named`,
  );
}

/** Types with `@rowFilter`, under whatever name it was imported. */
function rowFilteredTypes(document: DocumentNode): readonly string[] {
  const links = resolveLinks(document).filter((link) => link.identity === GOVERNANCE_IDENTITY);
  const isRowFilter = (name: string) => links.some((link) => canonicalDirective(link, name) === "rowFilter");
  const types = document.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
      ? (node.directives ?? []).filter((item) => isRowFilter(item.name.value)).map(() => node.name.value)
      : [],
  );
  return [...new Set(types)];
}
