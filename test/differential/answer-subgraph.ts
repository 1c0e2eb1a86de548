import { buildSubgraphSchema } from "@apollo/subgraph";
import {
  type DocumentNode,
  execute,
  type GraphQLFormattedError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  parse,
  validate,
} from "graphql";
import { hashOf, identify, type Source, type Temper, type World } from "./world.ts";

/** Executes a GraphQL request for real, in this process. */
export type AnswerOperation = (
  request: { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> },
  temper: Temper,
) => Promise<{ readonly data?: unknown; readonly errors?: readonly GraphQLFormattedError[] }>;

/** One schema over the whole world: what a federation of it must give. */
export function createMonolith(schema: GraphQLSchema, world: World): AnswerOperation {
  return createAnswer(schema, world, false);
}

/** A subgraph over its part of the world. */
export function createSubgraph(sdl: string, world: World): AnswerOperation {
  const entities = [...sdl.matchAll(/^(?:type|interface) (\w+)[^\n]*@key/gm)].map(([, name = ""]) => name);
  const __resolveReference = (
    source: Source,
    temper: Temper,
    { schema }: GraphQLResolveInfo,
  ): Source | null => {
    const { type, key } = identify(source);
    const hash = hashOf(`${temper.seed} ${sdl.length} ${key}`);
    if (temper.unknown > 0 && hash % (temper.unknown * 2) === 1) throw new Error("reference failed");
    if (temper.unknown > 0 && hash % temper.unknown === 0) return null;
    return schema.getType(type) ? { ...source, __typename: type } : source;
  };
  const resolvers = Object.fromEntries(entities.map((type) => [type, { __resolveReference }]));
  return createAnswer(
    buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never }),
    world,
    true,
  );
}

function createAnswer(schema: GraphQLSchema, world: World, strict: boolean): AnswerOperation {
  const documents = new Map<string, DocumentNode>();
  return async ({ query, variables }, temper) => {
    let document = documents.get(query);
    if (!document) {
      document = parse(query);
      const problems = validate(schema, document);
      if (problems.length > 0) return { errors: problems.map((problem) => problem.toJSON()) };
      documents.set(query, document);
    }
    const { data, errors } = await execute({
      schema,
      document,
      variableValues: variables,
      contextValue: { ...temper, strict },
      fieldResolver: world.resolveField,
      typeResolver: (value) => identify(value as Source).type,
    });
    return { data, ...(errors && { errors: errors.map((error) => error.toJSON()) }) };
  };
}
