import type { TestSubgraphSource } from "../../testkit/small-mesh.ts";

/** How many subgraphs have a part of the type below. */
const SUBGRAPHS = 3;

/** Subgraphs over which operations can be written that take the planner as long as wanted. */
export function hardSubgraphs(): Readonly<Record<string, TestSubgraphSource>> {
  const thing = { id: "1" };
  return Object.fromEntries(
    Array.from({ length: SUBGRAPHS }, (_, i) => [
      `part${i}`,
      {
        sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { ${i === 0 ? "thing: Thing" : `unused${i}: Int`} }
type Thing @key(fields: "id") { id: ID! ${i === 0 ? "next: Thing" : ""} x${i}: Int }`,
        resolvers: {
          ...(i === 0 ? { Query: { thing: () => thing } } : {}),
          Thing: { ...(i === 0 ? { next: () => thing } : {}), [`x${i}`]: () => i },
        },
      },
    ]),
  );
}

/**
 * Few bytes that fan out to 2^levels selections, each of which needs all subgraphs. Ten levels take the planner
 * about a second, and each level more three times as long.
 */
export function hardOperation(levels: number, name = "Hard"): string {
  const leaves = Array.from({ length: SUBGRAPHS }, (_, i) => `x${i}`).join(" ");
  const fragments = Array.from(
    { length: levels },
    (_, i) => `fragment F${i} on Thing { ${leaves} a: next { ...F${i + 1} } b: next { ...F${i + 1} } }`,
  );
  return `query ${name} { thing { ...F0 } } ${fragments.join(" ")} fragment F${levels} on Thing { ${leaves} }`;
}
