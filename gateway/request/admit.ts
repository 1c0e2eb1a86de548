import type { DocumentNode } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { costFacts } from "../supergraph/cost-facts.ts";
import type { OperationVariant } from "./choose-variant.ts";
import type { Variables } from "./cost-tape.ts";
import { type CostEstimate, type CostFormula, estimateCost } from "./estimate-cost.ts";
import { measureCost } from "./measure-cost.ts";
import { isExecutable, OperationMeasure, type OperationSize } from "./measure-operation.ts";
import type { PreparedOperation } from "./prepare-operation.ts";

/** What one operation may be at most; see `limits` in the configuration. */
export interface AdmissionLimits extends OperationSize {
  readonly cost: number;
  readonly entityFanOut: number;
  /** Items of a list of which nothing is known. */
  readonly listSize: number;
  /** Operations and fragments of one document. */
  readonly definitions: number;
}

/** Whether operations may run at all. What depends on nothing but the operation is worked out once for each. */
export interface Admission {
  /** @throws ClientError OPERATION_TOO_COMPLEX, OPERATION_INVALID or RESERVED_ALIAS */
  readonly admitSize: (prepared: PreparedOperation) => void;
  /**
   * @param variables coerced
   * @returns what the operation costs at most
   * @throws ClientError OPERATION_TOO_EXPENSIVE, or BAD_USER_INPUT where a list needs a length
   */
  readonly admitCost: (variant: OperationVariant, variables: Variables) => CostEstimate;
  /** The same with what the answer cost as it turned out, for clients that ask. */
  readonly reportCost: (variant: OperationVariant, estimate: CostEstimate, dataText: string) => CostReport;
}

export interface CostReport {
  readonly estimated: number;
  /** Null where it would take too long to find out. */
  readonly measured: number | null;
  readonly limit: number;
  readonly entities: number;
}

export function createAdmission(limits: AdmissionLimits): Admission {
  const admitted = new WeakSet<PreparedOperation>();
  const formulas = new WeakMap<DocumentNode, CostFormula>();
  const formulaOf = ({ document, prepared }: OperationVariant): CostFormula => {
    const known = formulas.get(document);
    if (known) return known;
    const { contract, supergraph } = prepared;
    const facts = costFacts(supergraph);
    const formula = estimateCost(document, { schema: contract.schema, facts, listSize: limits.listSize });
    formulas.set(document, formula);
    return formula;
  };
  return {
    admitSize: (prepared) => {
      if (admitted.has(prepared)) return;
      const { document, operation } = prepared;
      refuseLarge(new OperationMeasure(document).of(operation), limits);
      admitted.add(prepared);
    },
    admitCost: (variant, variables) => {
      const formula = formulaOf(variant);
      const estimate = typeof formula === "function" ? formula(variables) : formula;
      refuseExpensive(estimate, limits);
      return estimate;
    },
    reportCost: ({ document, prepared }, { cost, entities }, dataText) => {
      const { contract, supergraph } = prepared;
      const model = { schema: contract.schema, facts: costFacts(supergraph) };
      const measured = measureCost(document, model, dataText);
      return { estimated: cost, measured, limit: limits.cost, entities };
    },
  };
}

/**
 * Refuses a document that is too large to be validated, let alone planned: the limits on size, for every operation and
 * fragment of it.
 *
 * @throws ClientError OPERATION_TOO_COMPLEX, OPERATION_INVALID or RESERVED_ALIAS
 */
export function admitDocument(document: DocumentNode, limits: AdmissionLimits): void {
  const definitions = document.definitions.filter(isExecutable);
  if (definitions.length > limits.definitions) throw tooComplex("definitions", definitions.length, limits);
  const measure = new OperationMeasure(document);
  for (const definition of definitions) refuseLarge(measure.of(definition), limits);
}

const SIZE_TEXTS = {
  depth: "levels",
  aliases: "aliases",
  rootFields: "root fields",
  duplicates: "fields that stand twice in the same selection",
  directives: "directives",
  selections: "fields once its fragments are expanded",
  definitions: "operations and fragments",
};

const SIZES = ["depth", "aliases", "rootFields", "duplicates", "directives", "selections"] as const;

function refuseLarge(size: OperationSize, limits: AdmissionLimits): void {
  for (const name of SIZES) if (size[name] > limits[name]) throw tooComplex(name, size[name], limits);
}

function tooComplex(name: keyof typeof SIZE_TEXTS, measured: number, limits: AdmissionLimits): ClientError {
  const maximum = limits[name];
  return new ClientError(
    "OPERATION_TOO_COMPLEX",
    `The operation has ${measured} ${SIZE_TEXTS[name]}; ${maximum} are allowed (limits.${name}).`,
    { limit: name, measured, maximum },
  );
}

function refuseExpensive({ cost, entities }: CostEstimate, limits: AdmissionLimits): void {
  if (cost > limits.cost) throw tooExpensive("cost", cost, limits, `The operation may cost ${cost}`);
  if (entities > limits.entityFanOut)
    throw tooExpensive("entityFanOut", entities, limits, `The operation may ask for ${entities} entities`);
}

function tooExpensive(
  name: "cost" | "entityFanOut",
  measured: number,
  limits: AdmissionLimits,
  text: string,
): ClientError {
  const maximum = limits[name];
  return new ClientError("OPERATION_TOO_EXPENSIVE", `${text}; ${maximum} are allowed (limits.${name}).`, {
    limit: name,
    measured,
    maximum,
  });
}
