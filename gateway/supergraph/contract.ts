import { filterSchema, pruneSchema } from "@graphql-tools/utils";
import { type GraphQLSchema, validateSchema } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { hiddenCoordinates, type TagFilter } from "./hidden-coordinates.ts";
import type { Tags } from "./read-tags.ts";

/** A part of the API, served at a path of its own. */
export interface ContractSpec extends TagFilter {
  readonly name: string;
}

/** What clients of one path see of a generation. Rules, plans and subgraphs are those of the whole. */
export interface Contract {
  /** In every cache key; empty for the whole API. */
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** Whether a coordinate (`Type`, `Type.member` or `Type.field(arg:)`) may be named to these clients. */
  readonly shows: (coordinate: string) => boolean;
}

/** The name of the whole API among a supergraph's contracts. */
export const WHOLE_API = "";

/** All that a supergraph offers. */
export function wholeApi(schema: GraphQLSchema): Contract {
  return { name: WHOLE_API, schema, shows: () => true };
}

/**
 * The API without what a contract's tags hide, and without the types that nothing leads to any more.
 *
 * @param schema the whole API
 * @throws ClientError SUPERGRAPH_INVALID where nothing is left to ask for
 */
export function buildContract(
  schema: GraphQLSchema,
  tags: Tags,
  spec: ContractSpec,
): { readonly schema: GraphQLSchema; readonly hidden: ReadonlySet<string> } {
  const hidden = hiddenCoordinates(schema, tags, spec);
  const query = schema.getQueryType();
  if (!query || hidden.has(query.name)) throw invalid(spec, "shows no field of Query");
  const isShown = (type: string, member: string) => !hidden.has(type) && !hidden.has(`${type}.${member}`);
  const filtered = filterSchema({
    schema,
    typeFilter: (type) => !hidden.has(type),
    fieldFilter: isShown,
    rootFieldFilter: (operation, field) => isShown(rootTypeName(schema, operation), field),
    argumentFilter: (type = "", field = "", name = "") => !hidden.has(`${type}.${field}(${name}:)`),
    enumValueFilter: isShown,
  });
  const pruned = pruneSchema(filtered);
  const [problem] = validateSchema(pruned);
  if (problem) throw invalid(spec, `is no valid schema: ${problem.message}`);
  return { schema: pruned, hidden };
}

/**
 * A contract of what {@link buildContract} found.
 *
 * @param hidden coordinates that are not shown though their type may be
 */
export function contractOf(name: string, schema: GraphQLSchema, hidden: ReadonlySet<string>): Contract {
  const shows = (coordinate: string) =>
    !hidden.has(coordinate) && /^\w+/.exec(coordinate)?.every((type) => schema.getType(type)) === true;
  return { name, schema, shows };
}

function rootTypeName(schema: GraphQLSchema, operation: "Query" | "Mutation" | "Subscription"): string {
  const { query, mutation, subscription } = schema.toConfig();
  const root = { Query: query, Mutation: mutation, Subscription: subscription }[operation];
  return root?.name ?? operation;
}

function invalid({ name }: ContractSpec, reason: string): ClientError {
  return new ClientError("SUPERGRAPH_INVALID", `The contract ${name} ${reason}.`);
}
