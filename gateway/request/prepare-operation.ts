import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { ClientError } from "../../shared/errors.ts";
import type { Contract } from "../supergraph/contract.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { ConditionedOperation } from "./choose-variant.ts";
import { conditionVariables } from "./evaluate-conditions.ts";
import { explainVariables } from "./explain-variables.ts";

/** A parsed and validated operation of one supergraph generation, with all that was worked out about it. */
export interface PreparedOperation {
  readonly supergraph: Supergraph;
  /** What its client sees of the supergraph. */
  readonly contract: Contract;
  readonly source: string;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly operation: OperationDefinitionNode;
  readonly conditionVariables: readonly string[];
  /** By the values of the condition variables. */
  readonly variants: BoundedMap<ConditionedOperation>;
  /** How often it was asked for, as far as a store knows. */
  readonly asked: { count: number };
}

/** Variants kept per operation: clients use few. */
const VARIANTS = 64;

/** Memory that a parsed and prepared operation takes, measured on a crowd of them. */
const BYTES_PER_OPERATION = 5_000;
const BYTES_PER_CHARACTER = 100;

/** An operation as it was sent to one of a supergraph's paths. */
export type OperationSource = Pick<PreparedOperation, "supergraph" | "contract" | "source" | "operationName">;

/** Remembers prepared operations by generation, contract, operation name and text; bounded by their memory. */
export class OperationStore {
  readonly #known: LRUCache<string, PreparedOperation>;
  /** How often an operation was found, and how often it had to be prepared. */
  readonly lookups = { hits: 0, misses: 0 };

  /** @param maxBytes of memory, as estimated */
  constructor(maxBytes: number) {
    this.#known = new LRUCache({ maxSize: maxBytes });
  }

  /** The operation, if it was prepared in this generation; `operationName` as the request states it. */
  find(sent: OperationSource): PreparedOperation | undefined {
    const known = this.#known.get(keyOf(sent));
    if (known) {
      known.asked.count += 1;
      this.lookups.hits += 1;
    }
    return known;
  }

  /** Whether the operation was prepared in this generation; asking does not count as use. */
  has(sent: OperationSource): boolean {
    return this.#known.has(keyOf(sent));
  }

  /** The operations that are asked for in a generation, the most frequent first. */
  mostUsed(generation: Supergraph, limit: number): readonly PreparedOperation[] {
    const used = [...this.#known.values()].filter(
      ({ supergraph, asked }) => supergraph === generation && asked.count > 0,
    );
    return used.sort((a, b) => b.asked.count - a.asked.count).slice(0, limit);
  }

  /** Notes that so many bytes more are kept for an operation. */
  charge(prepared: PreparedOperation, bytes: number): void {
    const key = keyOf(prepared);
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

  /** @param document the parsed source, valid against the contract's schema of this generation */
  prepare(sent: OperationSource, document: DocumentNode): PreparedOperation {
    const known = this.find(sent);
    if (known) return known;
    this.lookups.misses += 1;
    const prepared = createPrepared(sent, document);
    const size = BYTES_PER_OPERATION + BYTES_PER_CHARACTER * sent.source.length;
    this.#known.set(keyOf(sent), prepared, { size });
    return prepared;
  }
}

/**
 * Prepares an operation that nobody is to find in a store.
 *
 * @param document the parsed source, valid against the contract's schema of this generation
 * @throws ClientError BAD_USER_INPUT or OPERATION_NOT_SUPPORTED
 */
export function createPrepared(sent: OperationSource, document: DocumentNode): PreparedOperation {
  const { supergraph, contract, source, operationName } = sent;
  const bare = withoutLocations(document);
  const operation = getOperationAST(bare, operationName);
  if (!operation) throw new ClientError("BAD_USER_INPUT", "The document has no operation of that name.");
  // Validation says nothing about the fields of a root type that is not there.
  if (!contract.schema.getRootType(operation.operation))
    throw new ClientError("BAD_USER_INPUT", `The schema has no ${operation.operation} type.`);
  if (operation.operation === "subscription")
    throw new ClientError("OPERATION_NOT_SUPPORTED", "Subscriptions are not served.");
  return {
    supergraph,
    contract,
    source,
    document: bare,
    operationName,
    operation,
    conditionVariables: conditionVariables(bare),
    variants: new BoundedMap(VARIANTS),
    asked: { count: 1 },
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

/** No two operations share a key, whatever texts a client sends: contracts have no spaces in their names. */
function keyOf({ supergraph, contract, source, operationName }: OperationSource): string {
  const name = operationName === null ? "" : ` ${operationName}`;
  return `${supergraph.hash} ${contract.name} ${source.length} ${source}${name}`;
}

/**
 * Coerces variables as the GraphQL specification §6.1.2 says.
 *
 * @throws ClientError BAD_USER_INPUT that says what is wrong, never with what value
 */
export function coerceVariables(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const definitions = prepared.operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NO_VARIABLES;
  const { schema } = prepared.contract;
  const result = getVariableValues(schema, definitions, variables, { maxErrors: 1 });
  if (result.errors)
    throw new ClientError("BAD_USER_INPUT", explainVariables(schema, definitions, variables));
  return result.coerced;
}

const NO_VARIABLES = Object.freeze({});
