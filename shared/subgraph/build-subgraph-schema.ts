import { buildSubgraphSchema as buildFederatedSchema } from "@apollo/subgraph";
import { type GraphQLSchema, isObjectType, parse } from "graphql";
import { ClientError } from "../errors.ts";
import { stripGovernance } from "../strip-governance.ts";

type FederatedModule = Extract<Parameters<typeof buildFederatedSchema>[0], { resolvers?: unknown }>;
type FederatedResolvers = NonNullable<FederatedModule["resolvers"]>;

/**
 * The executable schema of a subgraph. Its `_service.sdl` is the text given, governance included, because the
 * registry reads the policy from it; Apollo's builder sees plain Federation. Throws SUBGRAPH_SCHEMA_INVALID for an
 * SDL that is not valid and for resolvers of types or fields that it does not have.
 */
export function buildSubgraphSchema(sdl: string, resolvers: object): GraphQLSchema {
  if (!isResolverMap(resolvers)) throw refusal("the resolvers are not objects by type");
  const schema = buildSchema(sdl, resolvers);
  const unknown = Object.entries(resolvers).flatMap(([type, fields]) => unknownNames(schema, type, fields));
  if (unknown.length > 0)
    throw refusal(`there are resolvers for ${unknown.join(", ")}, which it does not have`);
  const service = schema.getQueryType()?.getFields()._service;
  if (service) service.resolve = () => ({ sdl });
  return schema;
}

function buildSchema(sdl: string, resolvers: FederatedResolvers): GraphQLSchema {
  try {
    return buildFederatedSchema({ typeDefs: stripGovernance(parse(sdl)), resolvers });
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : "it could not be built");
  }
}

function unknownNames(schema: GraphQLSchema, typeName: string, fields: object): readonly string[] {
  const type = schema.getType(typeName);
  if (!type) return [typeName];
  if (!isObjectType(type)) return [];
  const known = type.getFields();
  return Object.keys(fields)
    .filter((field) => !field.startsWith("__") && !Object.hasOwn(known, field))
    .map((field) => `${typeName}.${field}`);
}

function isResolverMap(resolvers: object): resolvers is FederatedResolvers {
  return Object.values(resolvers).every((fields) => typeof fields === "object" && fields !== null);
}

function refusal(reason: string): ClientError {
  return new ClientError("SUBGRAPH_SCHEMA_INVALID", `schema.graphql: ${reason}`);
}
