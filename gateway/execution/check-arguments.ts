import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isInterfaceType,
  Kind,
  OperationTypeNode,
  print,
  type SelectionSetNode,
} from "graphql";
import { ClientError } from "../../shared/errors.ts";
import type { JoinedSchema } from "../../shared/join-facts.ts";
import type { PlannedFetch } from "./plan-fetches.ts";
import { fieldsType, type SubgraphFields, subgraphFields } from "./subgraph-fields.ts";

/**
 * Refuses a plan in which one response key stands for two values: what a `@requires` reads is fetched under the
 * field's own name, so the planner (2.14) takes it for what the client, or another `@requires`, selects under that
 * name with other arguments.
 *
 * @param operation what the client asked for: of the two values the plan may fetch only the other one
 * @throws ClientError OPERATION_CANNOT_BE_PLANNED
 */
export function checkArguments(
  fetches: Iterable<PlannedFetch>,
  operation: DocumentNode,
  joined: JoinedSchema,
): void {
  const { schema } = joined;
  const all = [...fetches];
  const required = all.flatMap((planned) => requiredFields(planned, joined));
  if (required.length === 0) return;
  const selected = new Map<string, SelectedField[]>();
  for (const planned of all) collectSelected(planned, joined, selected);
  collectAsked(operation, joined, selected);
  for (const { place, type, node, by } of required) {
    const wanted = argumentsOf(schema, type, node);
    for (const other of selected.get(place) ?? []) {
      const given = argumentsOf(schema, other.type, other.node);
      if (given === wanted || !overlap(schema, type, other.type)) continue;
      throw new ClientError(
        "OPERATION_CANNOT_BE_PLANNED",
        `The operation cannot be answered correctly: ${by} requires ${printed(node)}, and ${printed(other.node)} ` +
          "is selected under the same key. Give it an alias, or ask for the two in operations of their own.",
      );
    }
  }
}

interface SelectedField {
  /** The type it is selected on. */
  readonly type: string;
  readonly node: FieldNode;
}

interface RequiredField extends SelectedField {
  /** Response keys from the root, without list indices. */
  readonly place: string;
  /** Coordinate of the field that requires it. */
  readonly by: string;
}

/** What the fields of an entity fetch require, as far as it takes arguments. */
function requiredFields(
  { fetch, at, document }: PlannedFetch,
  joined: JoinedSchema,
): readonly RequiredField[] {
  if (!fetch.requires) return [];
  const fields = subgraphFields(joined, fetch.serviceName);
  const found: RequiredField[] = [];
  for (const set of entitySelections(document)) {
    for (const { type, node, place } of walk(set, "", placeOf(at), fields)) {
      const requires = fields.field(type, node.name.value)?.requiresSet;
      if (!requires) continue;
      const here = place.slice(0, place.lastIndexOf("."));
      const by = `${type}.${node.name.value}`;
      for (const item of walk(requires, type, here, fields))
        if (takesArguments(joined.schema, item.type, item.node)) found.push({ ...item, by });
    }
  }
  return found;
}

function collectSelected(
  { fetch, at, document }: PlannedFetch,
  joined: JoinedSchema,
  into: Map<string, SelectedField[]>,
): void {
  const fields = subgraphFields(joined, fetch.serviceName);
  const isMutation = fetch.operationKind === "mutation";
  const kind = isMutation ? OperationTypeNode.MUTATION : OperationTypeNode.QUERY;
  const root = joined.schema.getRootType(kind)?.name ?? "";
  const sets = fetch.requires ? entitySelections(document) : operationSelections(document);
  for (const set of sets)
    for (const { type, node, place } of walk(set, fetch.requires ? "" : root, placeOf(at), fields))
      into.set(place, [...(into.get(place) ?? []), { type, node }]);
}

function collectAsked(
  document: DocumentNode,
  joined: JoinedSchema,
  into: Map<string, SelectedField[]>,
): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const fields = subgraphFields(joined, "");
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === "subscription") continue;
    const root = joined.schema.getRootType(definition.operation)?.name ?? "";
    for (const { type, node, place } of walk(definition.selectionSet, root, "", fields, fragments))
      into.set(place, [...(into.get(place) ?? []), { type, node }]);
  }
}

interface Walked extends SelectedField {
  readonly place: string;
}

function* walk(
  set: SelectionSetNode,
  type: string,
  at: string,
  fields: SubgraphFields,
  fragments: ReadonlyMap<string, FragmentDefinitionNode> = new Map(),
): Iterable<Walked> {
  for (const node of set.selections) {
    if (node.kind !== Kind.FIELD) {
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      if (inner)
        yield* walk(inner.selectionSet, inner.typeCondition?.name.value ?? type, at, fields, fragments);
      continue;
    }
    const place = `${at}.${node.alias?.value ?? node.name.value}`;
    yield { type, node, place };
    if (node.selectionSet)
      yield* walk(node.selectionSet, fields.returns(type, node.name.value) ?? "", place, fields, fragments);
  }
}

function operationSelections({ definitions }: PlannedFetch["document"]): readonly SelectionSetNode[] {
  return definitions.flatMap((node) => (node.kind === Kind.OPERATION_DEFINITION ? [node.selectionSet] : []));
}

/** What is selected of `_entities`. */
function entitySelections(document: PlannedFetch["document"]): readonly SelectionSetNode[] {
  return operationSelections(document).flatMap(({ selections }) =>
    selections.flatMap((node) => (node.kind === Kind.FIELD && node.selectionSet ? [node.selectionSet] : [])),
  );
}

/** The path of a fetch by its keys: list markers and conditions on types are no keys. */
function placeOf(at: string): string {
  const keys = at.split(".").filter((element) => element !== "" && !element.startsWith("@"));
  return keys.map((key) => `.${key.replace(/\|.*/s, "")}`).join("");
}

function argumentsDefined(schema: GraphQLSchema, type: string, { name }: FieldNode) {
  return fieldsType(schema, type)?.getFields()[name.value]?.args ?? [];
}

function takesArguments(schema: GraphQLSchema, type: string, node: FieldNode): boolean {
  return argumentsDefined(schema, type, node).length > 0;
}

/** Arguments as text, defaults filled in. */
function argumentsOf(schema: GraphQLSchema, type: string, node: FieldNode): string {
  const texts = argumentsDefined(schema, type, node).map((definition) => {
    const given = node.arguments?.find(({ name }) => name.value === definition.name)?.value;
    const value = given ?? definition.astNode?.defaultValue;
    return value ? print(value) : "";
  });
  return texts.join(", ");
}

function overlap(schema: GraphQLSchema, a: string, b: string): boolean {
  const possible = (name: string) => {
    const type = schema.getType(name);
    return isInterfaceType(type) ? schema.getPossibleTypes(type).map((item) => item.name) : [name];
  };
  return possible(a).some((name) => possible(b).includes(name));
}

function printed(node: FieldNode): string {
  const { selectionSet: _, directives: __, ...bare } = node;
  return print(bare);
}
