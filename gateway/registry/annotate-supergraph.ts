import {
  astFromValue,
  buildASTSchema,
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type GraphQLDirective,
  type InputValueDefinitionNode,
  Kind,
  parse,
  parseConstValue,
  print,
  visit,
} from "graphql";
import type { DirectiveDefinition } from "../../shared/define-directive.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { resolveLinks } from "../../shared/resolve-links.ts";
import { GOVERNANCE_IDENTITY, stripLinks } from "../../shared/strip-governance.ts";
import type { Policy } from "../supergraph/merge-policy.ts";

const APOLLO = "https://specs.apollo.dev/";

/**
 * Writes a merged policy into a composed supergraph SDL, in place of what composition wrote of the auth
 * directives. The SDL alone then carries the whole policy, and `for: SECURITY` makes a gateway that does not
 * enforce it refuse to start.
 */
export function annotateSupergraph(supergraphSdl: string, policy: Policy): string {
  const composed = parse(supergraphSdl, { noLocation: true });
  const auth = resolveLinks(composed).filter((link) =>
    DIRECTIVES.some((item) => item.spec === "federation" && link.identity === `${APOLLO}${item.name}`),
  );
  const used = DIRECTIVES.filter((item) =>
    [...policy.values()].some((rules) => rules.some((rule) => rule.directive === item)),
  );
  const definitions = new Map(used.map((item) => [item, supergraphDefinitions(item)]));
  const annotated = stripLinks(composed, auth).definitions.map((node) => annotate(node, policy, definitions));
  const added = [...definitions.values()].flatMap((item) => item.nodes);
  return `${print({ kind: Kind.DOCUMENT, definitions: [...annotated, ...added] })}\n`;
}

interface SupergraphDefinitions {
  readonly nodes: readonly DefinitionNode[];
  readonly directive: GraphQLDirective;
}

type Definitions = ReadonlyMap<DirectiveDefinition, SupergraphDefinitions>;

/** The definitions under the names they have in our supergraphs: `governance__mask` cannot clash. */
function supergraphDefinitions(directive: DirectiveDefinition): SupergraphDefinitions {
  const isGovernance = directive.spec === "governance";
  const prefix = `${isGovernance ? "governance" : directive.name}__`;
  const rename = (name: string) => `${prefix}${name.replace(/^federation__/, "")}`;
  const parsed = parse(directive.sdl, { noLocation: true });
  const types = new Set(parsed.definitions.flatMap((node) => (isTypeNode(node) ? [node.name.value] : [])));
  const renamed = visit(parsed, {
    NamedType: (node) => (types.has(node.name.value) ? named(node, rename(node.name.value)) : undefined),
    ScalarTypeDefinition: (node) => named(node, rename(node.name.value)),
    EnumTypeDefinition: (node) => named(node, rename(node.name.value)),
    DirectiveDefinition: (node) => (isGovernance ? named(node, rename(node.name.value)) : undefined),
  });
  const name = isGovernance ? rename(directive.name) : directive.name;
  const found = buildASTSchema(renamed).getDirective(name);
  if (!found) throw new TypeError(`the SDL of @${directive.name} does not define it`);
  return { nodes: renamed.definitions, directive: found };
}

function named<Node extends { readonly name: { readonly kind: Kind.NAME; readonly value: string } }>(
  node: Node,
  value: string,
): Node {
  return { ...node, name: { ...node.name, value } };
}

function isTypeNode(node: DefinitionNode): node is EnumTypeDefinitionNode {
  return node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.SCALAR_TYPE_DEFINITION;
}

function annotate(node: DefinitionNode, policy: Policy, definitions: Definitions): DefinitionNode {
  const add = <Item extends Annotatable>(item: Item, coordinate: string): Item => {
    const added = applicationsAt(coordinate, policy, definitions);
    return added.length === 0 ? item : { ...item, directives: [...(item.directives ?? []), ...added] };
  };
  switch (node.kind) {
    case Kind.SCHEMA_DEFINITION:
      return add({ ...node, directives: [...(node.directives ?? []), ...links(definitions)] }, "schema");
    case Kind.SCALAR_TYPE_DEFINITION:
    case Kind.UNION_TYPE_DEFINITION:
      return add(node, node.name.value);
    case Kind.ENUM_TYPE_DEFINITION: {
      const values = (node.values ?? []).map((item) => add(item, `${node.name.value}.${item.name.value}`));
      return add({ ...node, values }, node.name.value);
    }
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const fields = (node.fields ?? []).map((item) => {
        const coordinate = `${node.name.value}.${item.name.value}`;
        const inputs = (item.arguments ?? []).map((input) =>
          add(input, `${coordinate}(${input.name.value}:)`),
        );
        return add({ ...item, arguments: inputs }, coordinate);
      });
      return add({ ...node, fields }, node.name.value);
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
      const fields = (node.fields ?? []).map((item) => add(item, `${node.name.value}.${item.name.value}`));
      return add({ ...node, fields }, node.name.value);
    }
    default:
      return node;
  }
}

type Annotatable = Pick<FieldDefinitionNode | InputValueDefinitionNode, "directives">;

function applicationsAt(
  coordinate: string,
  policy: Policy,
  definitions: Definitions,
): readonly ConstDirectiveNode[] {
  return (policy.get(coordinate) ?? []).flatMap((rule) => {
    const definition = definitions.get(rule.directive)?.directive;
    return definition ? rule.applications.map((args) => application(definition, args)) : [];
  });
}

function application(definition: GraphQLDirective, args: unknown): ConstDirectiveNode {
  const values = new Map(Object.entries(args ?? {}));
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: definition.name },
    arguments: definition.args.flatMap((item) => {
      const value = values.get(item.name);
      const node = value === undefined ? null : astFromValue(value, item.type);
      return node ? [argument(item.name, parseConstValue(print(node), { noLocation: true }))] : [];
    }),
  };
}

function links(definitions: Definitions): readonly ConstDirectiveNode[] {
  const auth = [...definitions.keys()].filter((item) => item.spec === "federation");
  const urls = auth.map((item) => `${APOLLO}${item.name}/v0.1`);
  if (auth.length < definitions.size) urls.push(`${GOVERNANCE_IDENTITY}/v1.0`);
  return urls.map((url) => ({
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: "link" },
    arguments: [
      argument("url", { kind: Kind.STRING, value: url }),
      argument("for", { kind: Kind.ENUM, value: "SECURITY" }),
    ],
  }));
}

function argument(name: string, value: ConstValueNode): ConstArgumentNode {
  return { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value };
}
