import {
  type DocumentNode,
  type GraphQLError,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { ClientError } from "../../shared/errors.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { ConditionedOperation } from "./choose-variant.ts";
import { conditionVariables } from "./evaluate-conditions.ts";

/** A parsed and validated operation of one supergraph generation, with all that was worked out about it. */
export interface PreparedOperation {
  readonly supergraph: Supergraph;
  readonly source: string;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly operation: OperationDefinitionNode;
  readonly conditionVariables: readonly string[];
  /** By the values of the condition variables. */
  readonly variants: BoundedMap<ConditionedOperation>;
}

/** Variants kept per operation: clients use few. */
const VARIANTS = 64;

/** Memory that a parsed and prepared operation takes, measured on a crowd of them. */
const BYTES_PER_OPERATION = 5_000;
const BYTES_PER_CHARACTER = 100;

/** Remembers prepared operations by generation, operation name and text; bounded by their memory. */
export class OperationStore {
  readonly #known: LRUCache<string, PreparedOperation>;

  /** @param maxBytes of memory, as estimated */
  constructor(maxBytes: number) {
    this.#known = new LRUCache({ maxSize: maxBytes });
  }

  /** The operation, if it was prepared in this generation; `operationName` as the request states it. */
  find(supergraph: Supergraph, source: string, operationName: string | null): PreparedOperation | undefined {
    return this.#known.get(keyOf(supergraph, source, operationName));
  }

  /** Notes that so many bytes more are kept for an operation. */
  charge(prepared: PreparedOperation, bytes: number): void {
    const key = keyOf(prepared.supergraph, prepared.source, prepared.operationName);
    if (this.#known.peek(key) !== prepared) return;
    const size = (this.#known.info(key)?.size ?? 0) + bytes;
    this.#known.delete(key);
    this.#known.set(key, prepared, { size });
  }

  /** Lets go of what was prepared in a generation that has ended. */
  forget(supergraph: Supergraph): void {
    for (const [key, prepared] of this.#known.entries())
      if (prepared.supergraph === supergraph) this.#known.delete(key);
  }

  /** @param document the parsed source, valid against this generation's schema */
  prepare(
    supergraph: Supergraph,
    source: string,
    document: DocumentNode,
    operationName: string | null,
  ): PreparedOperation {
    const known = this.find(supergraph, source, operationName);
    if (known) return known;
    const prepared = createPrepared(supergraph, source, document, operationName);
    const size = BYTES_PER_OPERATION + BYTES_PER_CHARACTER * source.length;
    this.#known.set(keyOf(supergraph, source, operationName), prepared, { size });
    return prepared;
  }
}

/**
 * Prepares an operation that nobody is to find in a store.
 *
 * @param document the parsed source, valid against this generation's schema
 * @throws ClientError BAD_USER_INPUT or OPERATION_NOT_SUPPORTED
 */
export function createPrepared(
  supergraph: Supergraph,
  source: string,
  document: DocumentNode,
  operationName: string | null,
): PreparedOperation {
  const bare = withoutLocations(document);
  const operation = getOperationAST(bare, operationName);
  if (!operation) throw new ClientError("BAD_USER_INPUT", "The document has no operation of that name.");
  if (operation.operation === "subscription")
    throw new ClientError("OPERATION_NOT_SUPPORTED", "Subscriptions are not served.");
  return {
    supergraph,
    source,
    document: bare,
    operationName,
    operation,
    conditionVariables: conditionVariables(bare),
    variants: new BoundedMap(VARIANTS),
  };
}

/** The same document; where its tokens stood takes more memory than the rest of it. */
function withoutLocations(document: DocumentNode): DocumentNode {
  return visit(document, {
    enter: (node) => {
      const { loc: _, ...bare } = node;
      return bare;
    },
  });
}

/** No two triples share a key, whatever texts a client sends. */
function keyOf({ hash }: Supergraph, source: string, operationName: string | null): string {
  return `${hash} ${source.length} ${source}${operationName === null ? "" : ` ${operationName}`}`;
}

/**
 * Coerces variables as the GraphQL specification §6.1.2 says.
 *
 * @throws ClientError BAD_USER_INPUT with at most ten reasons, none longer than 200 characters
 */
export function coerceVariables(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const definitions = prepared.operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NO_VARIABLES;
  const result = getVariableValues(prepared.supergraph.apiSchema, definitions, variables, { maxErrors: 10 });
  if (result.errors) throw new ClientError("BAD_USER_INPUT", result.errors.map(shortMessage).join(" "));
  return result.coerced;
}

const NO_VARIABLES = Object.freeze({});

/** Without suggestions, which would name schema elements, and without echoing long values. */
function shortMessage({ message }: GraphQLError): string {
  const plain = message.replace(/ Did you mean .*$/s, "");
  return plain.length <= 200 ? plain : `${plain.slice(0, 197)}...`;
}
