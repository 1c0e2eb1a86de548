import type { FetchNode, QueryPlanSelectionNode } from "@apollo/query-planner";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from "graphql";
import { ClientError } from "../../shared/errors.ts";
import type { JoinedSchema } from "../../shared/join-facts.ts";
import { fragmentType } from "./rewrite-data.ts";
import { type FieldTree, type SubgraphFields, subgraphFields } from "./subgraph-fields.ts";

/**
 * Refuses a fetch that its subgraph would answer wrongly or not at all. The planner makes such plans (2.14): it
 * enters a subgraph by a key that is not resolvable there, and in chains of `@requires` it asks for a field
 * without bringing what the field requires.
 *
 * @throws ClientError OPERATION_CANNOT_BE_PLANNED
 */
export function checkFetch(fetch: FetchNode, document: DocumentNode, joined: JoinedSchema): void {
  const fields = subgraphFields(joined, fetch.serviceName);
  const checker = new FetchChecker(fetch.serviceName, fields, document);
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const isMutation = node.operation === OperationTypeNode.MUTATION;
    const root = isMutation ? OperationTypeNode.MUTATION : OperationTypeNode.QUERY;
    const type = joined.schema.getRootType(root)?.name ?? "";
    if (fetch.requires) checker.entities(node.selectionSet, inputsOf(fetch, fields));
    else checker.selection(type, node.selectionSet, NOTHING, NOTHING);
  }
}

const NOTHING: FieldTree = new Map();

/** What representations of a type bring, by the type's name as the subgraph gets it. */
type Inputs = ReadonlyMap<string, FieldTree>;

class FetchChecker {
  readonly #subgraph: string;
  readonly #fields: SubgraphFields;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();

  constructor(subgraph: string, fields: SubgraphFields, document: DocumentNode) {
    this.#subgraph = subgraph;
    this.#fields = fields;
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
  }

  entities(root: SelectionSetNode, inputs: Inputs): void {
    for (const [type, brought] of inputs) {
      const keys = this.#fields.resolvableKeys(type);
      if (!keys.some((key) => includes(brought, key))) {
        throw cannotBePlanned(
          `${type} cannot be fetched from subgraph "${this.#subgraph}" by the keys that are known`,
        );
      }
    }
    for (const node of root.selections) {
      if (node.kind !== Kind.FIELD || !node.selectionSet) continue;
      for (const [type, brought] of inputs) this.selection(type, node.selectionSet, brought, NOTHING);
    }
  }

  /**
   * Checks what is selected of a type.
   *
   * @param brought what the object's representation holds; nothing where it was reached inside of the subgraph
   * @param provided external fields that the subgraph knows on this path
   */
  selection(type: string, set: SelectionSetNode, brought: FieldTree, provided: FieldTree): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) this.#field(type, node, brought, provided);
      else {
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        const condition = fragment?.typeCondition?.name.value ?? type;
        if (!fragment || !this.#overlap(type, condition)) continue;
        // Of the two the one that says more of the object.
        const narrower = this.#fields.possibleTypes(type).has(type) ? type : condition;
        this.selection(narrower, fragment.selectionSet, brought, provided);
      }
    }
  }

  #field(type: string, node: FieldNode, brought: FieldTree, provided: FieldTree): void {
    const name = node.name.value;
    const field = this.#fields.field(type, name);
    for (const [required, below] of field?.requires ?? NOTHING) {
      const known = this.#fields.field(type, required)?.external === false || provided.has(required);
      if (!known && !includes(brought, new Map([[required, below]]))) {
        throw cannotBePlanned(
          `${type}.${name} needs ${type}.${required}, which would not reach subgraph "${this.#subgraph}"`,
        );
      }
    }
    const returned = this.#fields.returns(type, name);
    if (!node.selectionSet || returned === undefined) return;
    const below = new Map([...(provided.get(name) ?? NOTHING), ...(field?.provides ?? NOTHING)]);
    this.selection(returned, node.selectionSet, NOTHING, below);
  }

  #overlap(a: string, b: string): boolean {
    const types = this.#fields.possibleTypes(b);
    return a === b || [...this.#fields.possibleTypes(a)].some((name) => types.has(name)) || types.has(a);
  }
}

function inputsOf(fetch: FetchNode, fields: SubgraphFields): Inputs {
  const inputs = new Map<string, FieldTree>();
  for (const node of fetch.requires ?? []) {
    if (node.kind !== "InlineFragment" || node.typeCondition === undefined) continue;
    const type = renamedType(fetch, node.typeCondition, fields);
    inputs.set(type, new Map([...(inputs.get(type) ?? NOTHING), ...treeOfRequires(node.selections)]));
  }
  return inputs;
}

/** An interface object's subgraph gets representations under the interface's name. */
function renamedType(fetch: FetchNode, type: string, fields: SubgraphFields): string {
  for (const rewrite of fetch.inputRewrites ?? []) {
    const on = fragmentType(rewrite.path[0] ?? "");
    if (rewrite.kind !== "ValueSetter" || on === null || rewrite.path[1] !== "__typename") continue;
    if (on === type || fields.possibleTypes(on).has(type)) return String(rewrite.setValueTo);
  }
  return type;
}

function treeOfRequires(nodes: readonly QueryPlanSelectionNode[]): FieldTree {
  const tree = new Map<string, FieldTree | null>();
  for (const node of nodes) {
    if (node.kind === "Field")
      tree.set(node.alias ?? node.name, node.selections ? treeOfRequires(node.selections) : null);
    else for (const [key, below] of treeOfRequires(node.selections)) tree.set(key, below);
  }
  return tree;
}

function includes(tree: FieldTree, part: FieldTree): boolean {
  return [...part].every(([key, below]) => {
    if (key === "__typename") return true;
    const own = tree.get(key);
    return own !== undefined && (below === null || (own !== null && includes(own, below)));
  });
}

function cannotBePlanned(reason: string): ClientError {
  return new ClientError(
    "OPERATION_CANNOT_BE_PLANNED",
    `The operation cannot be answered correctly: ${reason}.`,
  );
}
