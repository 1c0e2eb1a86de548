import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DirectiveDefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  visit,
} from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { canonicalDirective, resolveLinks } from "../../shared/resolve-links.ts";

const FEDERATION_IDENTITY = "https://specs.apollo.dev/federation";
const NAMES = DIRECTIVES.filter((item) => item.spec === "federation").map(({ name }) => name);

/**
 * Gives the federated auth directives their usual names, under whatever names a subgraph imported them: Apollo's
 * composition refuses subgraphs that use different ones (LINK_IMPORT_NAME_MISMATCH). It also refuses them on external
 * fields; there they hold in our policy all the same (governance.md §2 rule 3), and are left out here.
 */
export function canonicalAuthNames(document: DocumentNode): DocumentNode {
  const link = resolveLinks(document).find(({ identity }) => identity === FEDERATION_IDENTITY);
  if (!link) return document;
  const used = new Set<string>();
  const rename = <Node extends DirectiveNode | DirectiveDefinitionNode>(node: Node): Node | undefined => {
    const canonical = canonicalDirective(link, node.name.value);
    if (canonical === null || !NAMES.includes(canonical)) return undefined;
    used.add(canonical);
    return { ...node, name: { ...node.name, value: canonical } };
  };
  const isExternal = (node: FieldDefinitionNode) =>
    node.directives?.some(({ name }) => canonicalDirective(link, name.value) === "external");
  const renamed = visit(document, {
    Directive: rename,
    DirectiveDefinition: rename,
    FieldDefinition: {
      leave: (node) => (isExternal(node) ? { ...node, directives: withoutAuth(node.directives) } : undefined),
    },
  });
  return visit(renamed, {
    Directive: (node) => (node === link.node ? withImports(link.node, used) : undefined),
  });
}

function withoutAuth(directives: readonly ConstDirectiveNode[] = []): readonly ConstDirectiveNode[] {
  return directives.filter(({ name }) => !NAMES.includes(name.value));
}

/** The link with the auth directives imported plainly. */
function withImports(node: ConstDirectiveNode, used: ReadonlySet<string>): ConstDirectiveNode {
  const args = node.arguments ?? [];
  const known = args.find(({ name }) => name.value === "import")?.value;
  const others = known?.kind === Kind.LIST ? known.values.filter((item) => !isAuthImport(item)) : [];
  const plain = [...used].sort().map((name): ConstValueNode => ({ kind: Kind.STRING, value: `@${name}` }));
  const value: ConstValueNode = { kind: Kind.LIST, values: [...others, ...plain] };
  return {
    ...node,
    arguments: [
      ...args.filter(({ name }) => name.value !== "import"),
      { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "import" }, value },
    ],
  };
}

function isAuthImport(item: ConstValueNode): boolean {
  const name =
    item.kind === Kind.OBJECT ? item.fields.find((field) => field.name.value === "name")?.value : item;
  return name?.kind === Kind.STRING && NAMES.includes(name.value.replace(/^@/, ""));
}
