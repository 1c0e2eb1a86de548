import type { DirectiveDefinition, Schema } from "@apollo/federation-internals";
import type { Supergraph } from "./supergraph.ts";

/** What a schema says of the cost of its fields (https://specs.apollo.dev/cost/v0.1), and which types are entities. */
export interface CostFacts {
  /** `@cost(weight:)` at a coordinate (`Type`, `Type.field`, `Type.field(argument:)`), or null. */
  readonly weight: (coordinate: string) => number | null;
  /** `@listSize` at a field's coordinate, or null. */
  readonly listSize: (coordinate: string) => ListSize | null;
  /** Whether subgraphs are asked for objects of this type by key. */
  readonly isEntity: (type: string) => boolean;
}

/** `@listSize` of a field. */
export interface ListSize {
  readonly assumedSize: number | null;
  /** Arguments that say how many items come. */
  readonly slicingArguments: readonly string[];
  /** Fields of the returned object that are as long, instead of the field itself. */
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

/** What `@cost` and `@listSize` say, by coordinate; plain data. */
export interface StatedCosts {
  readonly weights: ReadonlyMap<string, number>;
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

/** The facts of a generation. */
export function costFacts({ costs, joined }: Supergraph): CostFacts {
  const { types } = joined.joins;
  return {
    weight: (coordinate) => costs.weights.get(coordinate) ?? null,
    listSize: (coordinate) => costs.listSizes.get(coordinate) ?? null,
    isEntity: (name) => types.get(name)?.some(({ key }) => key !== null) === true,
  };
}

const COST_IDENTITY = "https://specs.apollo.dev/cost";

/** Reads the costs that a supergraph's schema states, under whatever names it imports the directives. */
export function readCosts(schema: Schema): StatedCosts {
  const feature = schema.coreFeatures?.getByIdentity(COST_IDENTITY);
  const directive = (name: string) => feature && schema.directive(feature.directiveNameInSchema(name));
  return {
    weights: applications(directive("cost"), ({ weight }) => (isNumber(weight) ? weight : null)),
    listSizes: applications(directive("listSize"), toListSize),
  };
}

function applications<Fact>(
  definition: DirectiveDefinition | undefined,
  read: (args: Readonly<Record<string, unknown>>) => Fact | null,
): ReadonlyMap<string, Fact> {
  const found = new Map<string, Fact>();
  for (const applied of definition?.applications() ?? []) {
    const { parent } = applied;
    const fact = read(applied.arguments(true));
    if (fact !== null && "coordinate" in parent) found.set(String(parent.coordinate), fact);
  }
  return found;
}

function toListSize(args: Readonly<Record<string, unknown>>): ListSize {
  const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = args;
  return {
    assumedSize: isNumber(assumedSize) ? assumedSize : null,
    slicingArguments: names(slicingArguments),
    sizedFields: names(sizedFields),
    requireOneSlicingArgument: requireOneSlicingArgument !== false,
  };
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
