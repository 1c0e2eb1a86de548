import { type DocumentNode, parse, validate } from "graphql";
import { within } from "../../shared/within.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { type AuthorisationSettings, authorise } from "./authorise.ts";
import { chooseVariant } from "./choose-variant.ts";
import type { PlanPool } from "./plan-pool.ts";
import type { OperationStore, PreparedOperation } from "./prepare-operation.ts";
import type { ProgramSource } from "./program-source.ts";
import type { WarmKnown } from "./warm-known.ts";

export interface WarmOptions {
  readonly operations: OperationStore;
  readonly plans: PlanPool;
  readonly programOf: ProgramSource;
  readonly authorisation: AuthorisationSettings;
  /** What other gateways, and this one before it was started, were asked for. */
  readonly warmKnown: WarmKnown;
}

/** Prepares a generation for the operations of the one that is served; resolves with how many are ready. */
export type WarmGeneration = (served: Supergraph, next: Supergraph) => Promise<number>;

/** Operations that are prepared, the most used first. */
const OPERATIONS = 100;
/** Milliseconds after which the generation is served with what is ready. */
const TIME = 800;
/** Longer texts are rare and take long to validate. */
const CHARACTERS = 20_000;

/**
 * Has the planner read the next generation, and plans the most used operations of the served one for the callers
 * that asked last, so that the switch makes nobody wait. Nothing is answered: what is decided here for a caller
 * is what would be decided when it asks.
 */
export function createWarmGeneration(options: WarmOptions): WarmGeneration {
  return (served, next) => {
    const until = performance.now() + TIME;
    let ready = 0;
    const work = async (): Promise<void> => {
      await options.plans.warm({ generation: next.hash, sdl: next.planningSdl });
      for (const known of options.operations.mostUsed(served, OPERATIONS)) {
        if (performance.now() > until) return;
        if (await warm(options, known, next)) ready += 1;
      }
      ready += await options.warmKnown(next, () => performance.now() < until);
    };
    return within(TIME, work()).then(() => ready);
  };
}

async function warm(options: WarmOptions, known: PreparedOperation, next: Supergraph): Promise<boolean> {
  const asked = [...askers(known)];
  const contract = next.contracts.get(known.contract.name);
  if (asked.length === 0 || !contract || known.source.length > CHARACTERS) return false;
  const { source, operationName } = known;
  const document: DocumentNode = parse(source);
  if (validate(contract.schema, document).length > 0) return false;
  const prepared = options.operations.prepare(
    { supergraph: next, contract, source, operationName },
    document,
  );
  // What nobody asks for any more is forgotten a few generations later.
  prepared.asked.count = Math.floor(known.asked.count / 2);
  const { authorisation, programOf } = options;
  for (const { caller, variables } of asked) {
    const variant = chooseVariant(prepared, variables, authorisation.checkFormats);
    const operation = authorise(variant, caller, authorisation);
    // Whoever asks for what cannot be planned is told why.
    if (operation.document) await Promise.resolve(programOf(operation)).catch(() => undefined);
  }
  return true;
}

/** Who asked for an operation and is remembered, once per decision, with the conditions under which. */
function* askers({ variants, conditionVariables }: PreparedOperation) {
  for (const [conditions, { plain, sites }] of variants.entries()) {
    if (sites.length > 0) continue;
    const values = conditionVariables.map((name, index) => [name, conditions[index] === "1"] as const);
    const variables: Readonly<Record<string, unknown>> = Object.fromEntries(values);
    for (const [, operation] of plain.byDecision.entries()) {
      const caller = operation.askedBy.deref();
      if (caller) yield { caller, variables };
    }
  }
}
