import {
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from "graphql";

/** One `@link` of a schema: which specification, under which names its elements appear. */
export interface Link {
  /** The specification without its version, as `https://specs.apollo.dev/federation`. */
  readonly identity: string;
  /** `[major, minor]`. */
  readonly version: readonly [number, number];
  /** Prefix of elements that are not imported: `namespace__element`. */
  readonly namespace: string;
  /** Imported elements: the name in this schema → the name in the specification, directives with their `@`. */
  readonly imports: ReadonlyMap<string, string>;
  /** `for:`, as SECURITY or EXECUTION. */
  readonly purpose: string | null;
  readonly node: ConstDirectiveNode;
}

/** Identity of the specification of `@link` itself. */
export const LINK_IDENTITY = "https://specs.apollo.dev/link";

const URL_PATTERN = /^(.*?)\/(([^/]+)\/)?v(\d+)\.(\d+)\/?$/;

/**
 * All links of a schema document, with renames, namespaces and a renamed `@link` resolved
 * (https://specs.apollo.dev/link/v1.0/). Links without a version are ignored: they name no specification.
 */
export function resolveLinks(document: DocumentNode): readonly Link[] {
  const applications = document.definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? (definition.directives ?? [])
      : [],
  );
  const names = linkDirectiveNames(applications);
  return applications.filter((node) => names.has(node.name.value)).flatMap((node) => parseLink(node) ?? []);
}

/**
 * The name of a directive of a specification as `name`d in the schema, or null: `mask` for `@mask` imported
 * plainly, `hide` where imported `as: "@hide"`, and `governance__mask` where not imported.
 */
export function canonicalDirective(link: Link, name: string): string | null {
  const imported = link.imports.get(`@${name}`);
  if (imported !== undefined) return imported.slice(1);
  if (name === link.namespace) return specName(link);
  return name.startsWith(`${link.namespace}__`) ? name.slice(link.namespace.length + 2) : null;
}

/** The last part of the identity: `federation`. */
export function specName(link: Link): string {
  return link.identity.slice(link.identity.lastIndexOf("/") + 1);
}

function linkDirectiveNames(applications: readonly ConstDirectiveNode[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of applications) {
    const link = parseLink(node);
    if (link?.identity !== LINK_IDENTITY) continue;
    const renamed = [...link.imports].find(([, original]) => original === "@link")?.[0].slice(1);
    if (node.name.value === (renamed ?? link.namespace)) names.add(node.name.value);
  }
  return names.size > 0 ? names : new Set(["link"]);
}

function parseLink(node: ConstDirectiveNode): Link | null {
  const url = argument(node, "url");
  const match = typeof url === "string" ? URL_PATTERN.exec(url) : null;
  if (!match) return null;
  const [, base = "", , spec = "", major, minor] = match;
  const as = argument(node, "as");
  const purpose = argument(node, "for");
  return {
    identity: `${base}/${spec}`,
    version: [Number(major), Number(minor)],
    namespace: typeof as === "string" ? as : spec,
    imports: parseImports(argument(node, "import")),
    purpose: typeof purpose === "string" ? purpose : null,
    node,
  };
}

function parseImports(value: unknown): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  for (const item of Array.isArray(value) ? value : []) {
    if (typeof item === "string") imports.set(item, item);
    else if (isImportObject(item)) imports.set(item.as ?? item.name, item.name);
  }
  return imports;
}

function isImportObject(item: unknown): item is { name: string; as?: string } {
  if (typeof item !== "object" || item === null || !("name" in item)) return false;
  return typeof item.name === "string" && (!("as" in item) || typeof item.as === "string");
}

function argument(node: ConstDirectiveNode, name: string): unknown {
  const value: ValueNode | undefined = node.arguments?.find((item) => item.name.value === name)?.value;
  return value ? valueFromASTUntyped(value) : undefined;
}
