import { GraphQLError, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate } from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { ClientError } from "../../shared/errors.ts";
import type { KnownOperation, KnownOperations } from "../../shared/known-operation.ts";
import type { Logger } from "../../shared/log.ts";
import { recordedPrincipal } from "../../shared/recorded-caller.ts";
import { namedPolicies } from "../supergraph/named-policies.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { type AdmissionLimits, admitDocument } from "./admit.ts";
import { type AuthorisationSettings, authorise } from "./authorise.ts";
import type { createCallerFactory } from "./caller.ts";
import { chooseVariant } from "./choose-variant.ts";
import type { OperationStore, PreparedOperation } from "./prepare-operation.ts";
import type { ProgramSource } from "./program-source.ts";

export interface WarmKnownOptions {
  /** Undefined where nobody keeps usage. */
  readonly known: KnownOperations | undefined;
  readonly operations: OperationStore;
  readonly programOf: ProgramSource;
  readonly authorisation: AuthorisationSettings;
  readonly limits: AdmissionLimits & { readonly tokens: number };
  readonly callerOf: ReturnType<typeof createCallerFactory>;
  readonly log: Logger;
}

/**
 * Plans and compiles, for a generation, the operations that the registry says are used most, for as long as that is
 * wanted. Resolves with how many are ready; never rejects.
 */
export type WarmKnown = (generation: Supergraph, isWanted: () => boolean) => Promise<number>;

/**
 * A text of the registry is held to what a client's text is held to: limits, validation, the rules for the kinds of
 * callers that were seen to send it. Nothing is executed, and no policy is asked: an operation is planned for callers
 * whom all its policies refuse and for those whom all admit. Who really asks is judged anew, and finds the plan if
 * the decision is the same.
 */
export function createWarmKnown(options: WarmKnownOptions): WarmKnown {
  const { known, log } = options;
  if (!known) return async () => 0;
  return async (generation, isWanted) => {
    let ready = 0;
    try {
      for (const operation of await known()) {
        if (!isWanted()) break;
        if (await warm(options, operation, generation)) ready += 1;
      }
      log.info(
        { operations: ready, hash: generation.hash },
        "operations that are used most are planned ahead",
      );
    } catch (error) {
      log.warn({ err: error }, "nobody tells which operations are used most: none is planned ahead");
    }
    return ready;
  };
}

async function warm(options: WarmKnownOptions, known: KnownOperation, next: Supergraph): Promise<boolean> {
  const { authorisation, programOf } = options;
  try {
    const prepared = prepare(options, known, next);
    if (!prepared) return false;
    for (const variables of conditions(prepared)) {
      const variant = chooseVariant(prepared, variables, authorisation.checkFormats);
      for (const caller of callers(options, known, next)) {
        const operation = authorise(variant, caller, authorisation);
        // Whoever asks for what cannot be planned is told why.
        if (operation.document) await Promise.resolve(programOf(operation)).catch(() => undefined);
      }
    }
    return true;
  } catch (error) {
    // Such as a variable without which nobody can say which inputs are used.
    if (error instanceof ClientError || error instanceof GraphQLError) return false;
    throw error;
  }
}

const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule];

/** Null where it is prepared already, or is none of this generation's. */
function prepare(
  { operations, limits }: WarmKnownOptions,
  { source, operationName, contract: name }: KnownOperation,
  supergraph: Supergraph,
): PreparedOperation | null {
  const contract = supergraph.contracts.get(name);
  if (!contract || operations.has({ supergraph, contract, source, operationName })) return null;
  const document = parse(source, { maxTokens: limits.tokens });
  admitDocument(document, limits);
  if (validate(contract.schema, document, RULES).length > 0) return null;
  const prepared = operations.prepare({ supergraph, contract, source, operationName }, document);
  prepared.asked.count = 0;
  return prepared;
}

/** All selections, and those that no condition leads to. */
function conditions({ conditionVariables }: PreparedOperation): readonly Readonly<Record<string, boolean>>[] {
  if (conditionVariables.length === 0) return [{}];
  return [true, false].map((value) => Object.fromEntries(conditionVariables.map((name) => [name, value])));
}

function callers({ callerOf }: WarmKnownOptions, known: KnownOperation, next: Supergraph): readonly Caller[] {
  const admitted = new Map([...namedPolicies(next).keys()].map((name) => [name, true]));
  return known.callers.flatMap((kind) => {
    const caller = callerOf(recordedPrincipal(kind), null);
    return admitted.size > 0 ? [caller, { ...caller, policies: admitted }] : [caller];
  });
}
