import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as typescriptResolvers from "@graphql-codegen/typescript-resolvers";
import { buildASTSchema, type DocumentNode, Kind, parse, visit } from "graphql";

const HEADER = "// Generated from schema.graphql by `npm run codegen`; not to be edited.\n";

/**
 * Resolver types of the subgraph in a folder, generated from its SDL. Resolvers get objects as the rows that
 * `rows.ts` declares (`CustomerRow` for `Customer`), connections as the kit's, and `Context` of `loaders.ts`.
 */
export async function generateTypes(directory: URL): Promise<string> {
  const document = plainDocument(readFileSync(new URL("schema.graphql", directory), "utf8"));
  const rows = new URL("rows.ts", directory);
  const code = await codegen({
    filename: "resolver-types.ts",
    schema: document,
    schemaAst: buildASTSchema(document, { assumeValidSDL: true }),
    documents: [],
    plugins: [{ typescript: {} }, { "typescript-resolvers": {} }],
    pluginMap: { typescript, "typescript-resolvers": typescriptResolvers },
    config: {
      ...SETTINGS,
      mappers: mappers(document, existsSync(rows) ? readFileSync(rows, "utf8") : ""),
    },
  });
  return HEADER + code;
}

/** The subgraph folders: those with an SDL, and the catalog's. */
export function subgraphDirectories(): readonly URL[] {
  const root = new URL("./", import.meta.url);
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => new URL(`${entry.name}/`, root))
    .filter((directory) => existsSync(new URL("schema.graphql", directory)))
    .concat(new URL("../gateway/catalog/", root));
}

const SETTINGS = {
  federation: true,
  useTypeImports: true,
  enumsAsTypes: true,
  immutableTypes: true,
  defaultScalarType: "unknown",
  contextType: "./loaders.ts#Context",
  scalars: { DateTime: "Date" },
};

/** What the generator understands: no links, and of the directives only `@key`, which gives reference types. */
function plainDocument(sdl: string): DocumentNode {
  return visit(parse(sdl), {
    SchemaExtension: () => null,
    Directive: (node) => (node.name.value === "key" ? undefined : null),
  });
}

function mappers(document: DocumentNode, rows: string): Readonly<Record<string, string>> {
  const hasRow = (type: string) => rows.includes(`export interface ${type}Row `);
  const types = document.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION ? [node.name.value] : [],
  );
  return Object.fromEntries(
    types.flatMap((type) => {
      if (hasRow(type)) return [[type, `./rows.ts#${type}Row`]];
      const [, item = "", part] = /^(\w+)(Connection|Edge)$/.exec(type) ?? [];
      return hasRow(item) ? [[type, `../../shared/subgraph/connection.ts#${part}<${item}Row>`]] : [];
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const directory of subgraphDirectories()) {
    writeFileSync(new URL("resolver-types.ts", directory), await generateTypes(directory));
  }
}
