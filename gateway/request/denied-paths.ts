import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** A refused field at one place of the response. */
export interface DeniedPath<Denial> {
  /** Response keys from the root, no list indices. */
  readonly path: readonly string[];
  readonly denial: Denial;
}

/** More refusals than this in one operation are not listed one by one. */
const MAX_PATHS = 1000;
/** Selection sets entered at most: repeated fragments could spell one path in exponentially many ways. */
const MAX_STEPS = 100_000;

/**
 * The static paths of all refused fields, one per schema path (governance.md §2 rule 15, §6), in the order
 * of the document. Selections without a refusal are never entered, so that expansion stays cheap.
 */
export function deniedPaths<Denial>(
  document: DocumentNode,
  denials: ReadonlyMap<FieldNode, Denial>,
): readonly DeniedPath<Denial>[] {
  if (denials.size === 0) return [];
  return new PathCollector(document, denials).run();
}

class PathCollector<Denial> {
  readonly #denials: ReadonlyMap<FieldNode, Denial>;
  readonly #operation: OperationDefinitionNode | undefined;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #contains = new Map<SelectionSetNode, boolean>();
  readonly #found = new Map<string, DeniedPath<Denial>>();
  #steps = 0;

  constructor(document: DocumentNode, denials: ReadonlyMap<FieldNode, Denial>) {
    this.#denials = denials;
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    this.#operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  }

  run(): readonly DeniedPath<Denial>[] {
    if (this.#operation) this.#walk(this.#operation.selectionSet, []);
    return [...this.#found.values()];
  }

  #walk(set: SelectionSetNode, path: readonly string[]): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS || !this.#hasDenial(set)) return;
    for (const node of set.selections) {
      if (this.#found.size >= MAX_PATHS) return;
      if (node.kind === Kind.FIELD) this.#field(node, [...path, node.alias?.value ?? node.name.value]);
      else {
        const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        if (inner) this.#walk(inner.selectionSet, path);
      }
    }
  }

  #field(node: FieldNode, path: readonly string[]): void {
    const denial = this.#denials.get(node);
    if (denial === undefined) {
      if (node.selectionSet) this.#walk(node.selectionSet, path);
      return;
    }
    const key = path.join("\n");
    if (!this.#found.has(key)) this.#found.set(key, { path, denial });
  }

  #hasDenial(set: SelectionSetNode): boolean {
    const known = this.#contains.get(set);
    if (known !== undefined) return known;
    this.#contains.set(set, false);
    const found = set.selections.some((node) => {
      if (node.kind === Kind.FIELD)
        return (
          this.#denials.has(node) || (node.selectionSet !== undefined && this.#hasDenial(node.selectionSet))
        );
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
      return inner !== undefined && this.#hasDenial(inner.selectionSet);
    });
    this.#contains.set(set, found);
    return found;
  }
}
