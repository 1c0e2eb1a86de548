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
  const measured = new Measurement(document).of(operation.selectionSet, 1);
  if (measured.nesting > MAX_NESTING) throw tooNested();
  for (const name of ["depth", "aliases", "selections"] as const)
    if (measured[name] > limits[name])
      throw new ClientError(
        "OPERATION_TOO_COMPLEX",
        `The operation has more than ${limits[name]} ${LIMIT_TEXTS[name]} (limits.${name}).`,
      );
}

/** Selection sets within each other, those of fragments as well: what looks at them later calls itself for each. */
const MAX_NESTING = 500;

function tooNested(): ClientError {
  return new ClientError(
    "OPERATION_TOO_COMPLEX",
    `The operation nests fields and fragments more than ${MAX_NESTING} deep.`,
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
  readonly nesting: number;
}

const NOTHING: Size = { depth: 0, aliases: 0, selections: 0, nesting: 0 };

class Measurement {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<SelectionSetNode, Size>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  of(set: SelectionSetNode, level: number): Size {
    const known = this.#known.get(set);
    if (known) return known;
    if (level > MAX_NESTING) throw tooNested();
    let size = NOTHING;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        refuseReservedAlias(node.alias?.value);
        const inner = node.selectionSet ? this.of(node.selectionSet, level + 1) : NOTHING;
        size = sum(size, {
          depth: inner.depth + 1,
          aliases: inner.aliases + (node.alias ? 1 : 0),
          selections: inner.selections + 1,
          nesting: inner.nesting,
        });
      } else {
        const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        if (inner) size = sum(size, this.of(inner.selectionSet, level + 1));
      }
    }
    const nested = { ...size, nesting: size.nesting + 1 };
    this.#known.set(set, nested);
    return nested;
  }
}

function sum(left: Size, right: Size): Size {
  return {
    depth: Math.max(left.depth, right.depth),
    aliases: left.aliases + right.aliases,
    selections: left.selections + right.selections,
    nesting: Math.max(left.nesting, right.nesting),
  };
}

/** `__typename: name` would change what the response writer takes for the type (hardening 57). */
function refuseReservedAlias(alias: string | undefined): void {
  if (alias !== undefined && (alias.startsWith("__") || alias === "prototype" || alias === "constructor"))
    throw new ClientError("RESERVED_ALIAS", `The alias ${alias} is reserved.`);
}
