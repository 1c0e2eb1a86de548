import { type DocumentNode, GraphQLError, visit } from "graphql";

/**
 * Refuses aliases of all fields but those without arguments and selections, which are the only ones that Rover
 * renames. A publish or a check composes the whole supergraph: under one name each, a document asks for each of them
 * once, whatever its fragments repeat.
 *
 * @throws GraphQLError that names the field
 */
export function refuseRenamedActs(document: DocumentNode): void {
  visit(document, {
    Field: ({ alias, name, arguments: given = [], selectionSet }) => {
      if (alias && (given.length > 0 || selectionSet))
        throw new GraphQLError(`${name.value} may have no alias here: ask for it once.`);
    },
  });
}
