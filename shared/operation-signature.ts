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
  const names = standIns(part, coordinates);
  const own = operation.name?.value ?? "";
  const name = names.get(own) ?? own;
  return { name, signature: usageReportingSignature(rename(part, names), name) };
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
    standIns(document, coordinates).size === 0
  );
}

function isPlainOrNamed(name: string, document: DocumentNode, coordinates: readonly string[]): boolean {
  return isOperationName(name) || plainNames([...namesOfSchema(document), ...coordinates])(name);
}

const STAND_IN = /^x\d{0,4}$/;

/** Names of the client's that are not to be told, each with another. */
function standIns(document: DocumentNode, coordinates: readonly string[]): ReadonlyMap<string, string> {
  const isPlain = plainNames([...namesOfSchema(document), ...coordinates]);
  const found = new Map<string, string>();
  const look = (name: string, isFit: boolean): void => {
    if (isFit || isPlain(name) || STAND_IN.test(name) || found.has(name)) return;
    found.set(name, found.size === 0 ? "x" : `x${found.size}`);
  };
  visit(document, {
    OperationDefinition: ({ name }) => {
      if (name) look(name.value, isOperationName(name.value));
    },
    Variable: ({ name }) => look(name.value, false),
    FragmentDefinition: ({ name }) => look(name.value, false),
  });
  return found;
}

function rename(document: DocumentNode, names: ReadonlyMap<string, string>): DocumentNode {
  if (names.size === 0) return document;
  const renamed = <T extends { readonly name?: NameNode | undefined }>(node: T): T | undefined => {
    const value = node.name && names.get(node.name.value);
    return value === undefined ? undefined : { ...node, name: { kind: Kind.NAME, value } };
  };
  return visit(document, {
    OperationDefinition: { enter: renamed },
    Variable: { enter: renamed },
    FragmentDefinition: { enter: renamed },
    FragmentSpread: { enter: renamed },
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
