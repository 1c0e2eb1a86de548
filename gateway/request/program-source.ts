import { ClientError } from "../../shared/errors.ts";
import type { CompileProgram, Program } from "../execution/executor.ts";
import { federatedOf } from "../supergraph/federated-schema.ts";
import type { AuthorisedOperation } from "./authorise.ts";
import type { Plan } from "./plan.ts";

export interface ProgramSourceOptions {
  readonly plan: Plan;
  readonly compile: CompileProgram;
  /** Told once per program how many bytes it takes, roughly. */
  readonly onCompiled: (operation: AuthorisedOperation, bytes: number) => void;
  /** Counts how often a program was there, and how often it had to be made. */
  readonly lookups: { hits: number; misses: number };
}

/** Gives the program of an operation, planned and compiled before the first request that needs it runs; then at once. */
export type ProgramSource = (operation: AuthorisedOperation) => Program | Promise<Program>;

/** Milliseconds for which a refusal to plan is remembered: an operation that takes too long costs that once. */
const REMEMBER_REFUSAL = 60_000;

/**
 * Plans and compiles once per (generation, operation, conditions, decision), however many requests wait for it.
 * What holds the operation holds its program.
 */
export function createProgramSource({
  plan,
  compile,
  onCompiled,
  lookups,
}: ProgramSourceOptions): ProgramSource {
  const programs = new WeakMap<AuthorisedOperation, Program | Promise<Program>>();
  const make = async (operation: AuthorisedOperation): Promise<Program> => {
    const { prepared, document: whole } = operation.variant;
    const found = await plan(operation);
    const program = compile({
      plan: found,
      shape: operation.shape,
      document: operation.document ?? whole,
      operationName: prepared.operationName,
      apiSchema: prepared.contract.schema,
      supergraphSchema: prepared.supergraph.schema,
      joined: prepared.supergraph.joined,
      federatedSchema: () => federatedOf(prepared.supergraph).schema,
    });
    onCompiled(operation, JSON.stringify(found).length);
    return program;
  };
  return (operation) => {
    const known = programs.get(operation);
    if (known) {
      lookups.hits += 1;
      return known;
    }
    lookups.misses += 1;
    const made = make(operation);
    programs.set(operation, made);
    const forget = (error: unknown): void => {
      if (error instanceof ClientError)
        setTimeout(() => programs.delete(operation), REMEMBER_REFUSAL).unref();
      else programs.delete(operation);
    };
    made.then((program) => programs.set(operation, program), forget);
    return made;
  };
}
