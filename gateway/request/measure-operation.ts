import {
  type DefinitionNode,
  type DocumentNode,
  type ExecutableDefinitionNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { ClientError } from "../../shared/errors.ts";

/** How large an operation is, whatever its variables; fragments count wherever they are spread. */
export interface OperationSize {
  /** Levels of nested fields. */
  readonly depth: number;
  readonly aliases: number;
  /** Fields of the root type. */
  readonly rootFields: number;
  /** Fields whose response key stands in the same selection set already. */
  readonly duplicates: number;
  readonly directives: number;
  /** Fields once fragments are expanded. */
  readonly selections: number;
}

/** Selection sets within each other, those of fragments as well: what looks at them later calls itself for each. */
const MAX_NESTING = 500;

/** Measures definitions of one document: each selection set once, however often fragments repeat it. */
export class OperationMeasure {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<SelectionSetNode, SetSize>();
  /** Fragments that are being measured, by name. */
  readonly #open = new Set<string>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  /**
   * @throws ClientError OPERATION_TOO_COMPLEX for what is nested too deep, RESERVED_ALIAS, or OPERATION_INVALID for
   *   fragments that contain themselves
   */
  of(definition: ExecutableDefinitionNode): OperationSize {
    const isFragment = definition.kind === Kind.FRAGMENT_DEFINITION;
    if (isFragment) this.#open.add(definition.name.value);
    const size = this.#set(definition.selectionSet, 1);
    if (isFragment) this.#open.delete(definition.name.value);
    if (size.nesting > MAX_NESTING) throw tooNested();
    return { ...size, directives: size.directives + (definition.directives?.length ?? 0) };
  }

  #set(set: SelectionSetNode, level: number): SetSize {
    const known = this.#known.get(set);
    if (known) return known;
    if (level > MAX_NESTING) throw tooNested();
    const keys = new Set<string>();
    const size = { ...NOTHING };
    for (const node of set.selections) {
      const inner = this.#selection(node, level, keys);
      size.depth = Math.max(size.depth, inner.depth);
      size.nesting = Math.max(size.nesting, inner.nesting);
      for (const name of COUNTED) size[name] += inner[name];
    }
    size.nesting += 1;
    this.#known.set(set, size);
    return size;
  }

  #selection(node: SelectionNode, level: number, keys: Set<string>): SetSize {
    const directives = node.directives?.length ?? 0;
    if (node.kind !== Kind.FIELD) {
      const inner = this.#fragment(node, level);
      return { ...inner, directives: inner.directives + directives };
    }
    refuseReservedAlias(node.alias?.value);
    const inner = node.selectionSet ? this.#set(node.selectionSet, level + 1) : NOTHING;
    const key = node.alias?.value ?? node.name.value;
    const isDuplicate = keys.has(key);
    keys.add(key);
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      rootFields: 1,
      duplicates: inner.duplicates + (isDuplicate ? 1 : 0),
      directives: inner.directives + directives,
      selections: inner.selections + 1,
      nesting: inner.nesting,
    };
  }

  #fragment(node: Exclude<SelectionNode, { kind: Kind.FIELD }>, level: number): SetSize {
    if (node.kind === Kind.INLINE_FRAGMENT) return this.#set(node.selectionSet, level + 1);
    const name = node.name.value;
    const fragment = this.#fragments.get(name);
    // One that does not exist is for validation to name.
    if (!fragment) return NOTHING;
    if (this.#open.has(name))
      throw new ClientError("OPERATION_INVALID", "A fragment of the operation contains itself.");
    this.#open.add(name);
    const size = this.#set(fragment.selectionSet, level + 1);
    this.#open.delete(name);
    return size;
  }
}

/** The part of a document that can be executed, or be spread in what can be. */
export function isExecutable(node: DefinitionNode): node is ExecutableDefinitionNode {
  return node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION;
}

interface SetSize extends OperationSize {
  readonly nesting: number;
}

const COUNTED = ["aliases", "rootFields", "duplicates", "directives", "selections"] as const;

const NOTHING: SetSize = Object.freeze({
  depth: 0,
  aliases: 0,
  rootFields: 0,
  duplicates: 0,
  directives: 0,
  selections: 0,
  nesting: 0,
});

function tooNested(): ClientError {
  return new ClientError(
    "OPERATION_TOO_COMPLEX",
    `The operation nests fields and fragments more than ${MAX_NESTING} deep.`,
    { limit: "nesting", maximum: MAX_NESTING },
  );
}

/** `__typename: name` would change what the response writer takes for the type (hardening 57). */
function refuseReservedAlias(alias: string | undefined): void {
  if (alias !== undefined && (alias.startsWith("__") || alias === "prototype" || alias === "constructor"))
    throw new ClientError("RESERVED_ALIAS", `The alias ${alias.slice(0, 50)} is reserved.`);
}
