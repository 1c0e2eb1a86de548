/** What a test subgraph answers with: root fields, and entities by type. */
export interface SubgraphData {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly mutation?: Readonly<Record<string, unknown>>;
  /** Entities by type; a reference finds the one that agrees with it in every field that both have. */
  readonly entities?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/**
 * Resolvers of a subgraph that answers from objects: `__typename` names the type where that is open, functions get
 * the arguments and, as `this`, the object with everything that a reference brought along.
 */
export function resolveFromData({ query = {}, mutation, entities = {} }: SubgraphData): object {
  const references = Object.entries(entities).map(([type, known]) => [
    type,
    { __resolveReference: (reference: Readonly<Record<string, unknown>>) => find(known, reference) },
  ]);
  return {
    Query: rootResolvers(query),
    ...(mutation ? { Mutation: rootResolvers(mutation) } : {}),
    ...Object.fromEntries(references),
  };
}

function rootResolvers(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      (_parent: unknown, args: unknown) => (typeof value === "function" ? value(args) : value),
    ]),
  );
}

function find(
  known: readonly Readonly<Record<string, unknown>>[],
  reference: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | null {
  const found = known.find((entity) =>
    Object.entries(reference).every(
      ([name, value]) =>
        name === "__typename" || !(name in entity) || typeof value === "object" || entity[name] === value,
    ),
  );
  return found ? { ...found, ...reference } : null;
}
