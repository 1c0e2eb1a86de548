import { usageReportingSignature } from "@apollo/utils.usagereporting";
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { namesOfSchema } from "./operation-names.ts";
import { plainNames } from "./plain-names.ts";
import { isOperationName } from "./recorded-names.ts";
import { hasComment } from "./repeatable-text.ts";

/** The operation with the fragments that it uses: a document may hold thousands of others. */
export function chosenPart(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const chosen = new Set<FragmentDefinitionNode>();
  const collect = (definition: DefinitionNode): void => {
    visit(definition, {
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (fragment) chosen.add(fragment);
      },
    });
  };
  collect(operation);
  // A set is walked to what is added meanwhile.
  for (const fragment of chosen) collect(fragment);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...chosen] };
}

/** An operation in a form that says nothing of whoever sends it. */
export interface SignedOperation {
  /** Empty where it has none. */
  readonly name: string;
  /** The text as Apollo's usage reporting normalises it; it parses as GraphQL. */
  readonly signature: string;
}

/**
 * The operation as Apollo's usage reporting normalises it: no literal, no alias and no comment of the client's is left.
 * Of the names that the client chose, those of variables and fragments that are not plain have others' in their
 * place, and so has the operation's if it looks like somebody's address.
 *
 * @param part what {@link chosenPart} gives
 * @param coordinates what of the schema it uses, where that is known: more names are plain
 */
export function operationSignature(
  part: DocumentNode,
  operation: OperationDefinitionNode,
  coordinates: readonly string[] = [],
): SignedOperation {
  const bare = withoutInputs(part);
  const names = standIns(bare, coordinates);
  const own = operation.name?.value ?? "";
  const name = names.operations.get(own) ?? own;
  return { name, signature: usageReportingSignature(rename(bare, names), name) };
}

/** True for what {@link operationSignature} gives. */
export function isSignature(
  { name, signature }: SignedOperation,
  document: DocumentNode,
  coordinates: readonly string[],
): boolean {
  return (
    (name === "" || isPlainOrNamed(name, document, coordinates)) &&
    !hasComment(signature) &&
    !tellsValues(document) &&
    Object.values(standIns(document, coordinates)).every((names) => names.size === 0)
  );
}

function isPlainOrNamed(name: string, document: DocumentNode, coordinates: readonly string[]): boolean {
  return isOperationName(name) || plainNames([...namesOfSchema(document), ...coordinates])(name);
}

/** Lists and objects are not told: what only they name makes no name plain, or a signature would not be one of itself. */
function withoutInputs(document: DocumentNode): DocumentNode {
  return visit(document, {
    ListValue: (node) => ({ ...node, values: [] }),
    ObjectValue: (node) => ({ ...node, fields: [] }),
  });
}

const STAND_IN = /^x\d{0,4}$/;

/** Names of the client's that are not to be told, each with another; a kind knows nothing of the others' names. */
interface StandIns {
  readonly operations: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string>;
  readonly fragments: ReadonlyMap<string, string>;
}

function standIns(document: DocumentNode, coordinates: readonly string[]): StandIns {
  const isPlain = plainNames([...namesOfSchema(document), ...coordinates]);
  const [operations, variables, fragments] = [new Set<string>(), new Set<string>(), new Set<string>()];
  visit(document, {
    OperationDefinition: ({ name }) => void (name && operations.add(name.value)),
    Variable: ({ name }) => void variables.add(name.value),
    FragmentDefinition: ({ name }) => void fragments.add(name.value),
  });
  return {
    operations: standInsOf(operations, (name) => isOperationName(name) || isPlain(name)),
    variables: standInsOf(variables, isPlain),
    fragments: standInsOf(fragments, isPlain),
  };
}

/** @param names all of a kind: what one of them is called already is no other's stand-in */
function standInsOf(
  names: ReadonlySet<string>,
  isFit: (name: string) => boolean,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let number = 0;
  for (const name of names) {
    if (isFit(name) || STAND_IN.test(name)) continue;
    while (names.has(standIn(number))) number += 1;
    found.set(name, standIn(number));
    number += 1;
  }
  return found;
}

function standIn(number: number): string {
  return number === 0 ? "x" : `x${number}`;
}

function rename(document: DocumentNode, names: StandIns): DocumentNode {
  const renamer =
    (others: ReadonlyMap<string, string>) =>
    <T extends { readonly name?: NameNode | undefined }>(node: T): T | undefined => {
      const value = node.name && others.get(node.name.value);
      return value === undefined ? undefined : { ...node, name: { kind: Kind.NAME, value } };
    };
  return visit(document, {
    OperationDefinition: { enter: renamer(names.operations) },
    Variable: { enter: renamer(names.variables) },
    FragmentDefinition: { enter: renamer(names.fragments) },
    FragmentSpread: { enter: renamer(names.fragments) },
  });
}

/** Aliases, and literals that are not hidden. */
function tellsValues(document: DocumentNode): boolean {
  let found = false;
  const findUnless = (isHidden: boolean): void => {
    found ||= !isHidden;
  };
  visit(document, {
    Field: ({ alias }) => findUnless(alias === undefined),
    IntValue: ({ value }) => findUnless(value === "0"),
    FloatValue: ({ value }) => findUnless(value === "0"),
    StringValue: ({ value }) => findUnless(value === ""),
    ListValue: ({ values }) => findUnless(values.length === 0),
    ObjectValue: ({ fields }) => findUnless(fields.length === 0),
  });
  return found;
}
