import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { ClientError } from "../../shared/errors.ts";

export interface AdmissionLimits {
  /** Levels of nested fields. */
  readonly depth: number;
  /** Aliases, counted wherever a fragment repeats them. */
  readonly aliases: number;
  /** Fields once fragments are expanded. */
  readonly selections: number;
}

/**
 * Refuses operations whose expansion would be too large to plan or to run, before anything else looks at
 * them. One pass over each selection set, however often fragments repeat it.
 *
 * @throws ClientError OPERATION_TOO_COMPLEX or RESERVED_ALIAS
 */
export function admit(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: AdmissionLimits,
): void {
  const measured = new Measurement(document).of(operation.selectionSet);
  for (const name of ["depth", "aliases", "selections"] as const)
    if (measured[name] > limits[name])
      throw new ClientError(
        "OPERATION_TOO_COMPLEX",
        `The operation has more than ${limits[name]} ${LIMIT_TEXTS[name]} (limits.${name}).`,
      );
}

const LIMIT_TEXTS = {
  depth: "levels",
  aliases: "aliases",
  selections: "fields once its fragments are expanded",
};

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly selections: number;
}

const NOTHING: Size = { depth: 0, aliases: 0, selections: 0 };

class Measurement {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<SelectionSetNode, Size>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  of(set: SelectionSetNode): Size {
    const known = this.#known.get(set);
    if (known) return known;
    let size = NOTHING;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        refuseReservedAlias(node.alias?.value);
        const inner = node.selectionSet ? this.of(node.selectionSet) : NOTHING;
        size = sum(size, {
          depth: inner.depth + 1,
          aliases: inner.aliases + (node.alias ? 1 : 0),
          selections: inner.selections + 1,
        });
      } else {
        const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        if (inner) size = sum(size, this.of(inner.selectionSet));
      }
    }
    this.#known.set(set, size);
    return size;
  }
}

function sum(left: Size, right: Size): Size {
  return {
    depth: Math.max(left.depth, right.depth),
    aliases: left.aliases + right.aliases,
    selections: left.selections + right.selections,
  };
}

/** `__typename: name` would change what the response writer takes for the type (hardening 57). */
function refuseReservedAlias(alias: string | undefined): void {
  if (alias !== undefined && (alias.startsWith("__") || alias === "prototype" || alias === "constructor"))
    throw new ClientError("RESERVED_ALIAS", `The alias ${alias} is reserved.`);
}
