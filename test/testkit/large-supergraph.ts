import { type Artifact, compose, type SubgraphSource } from "../../gateway/registry/compose.ts";

/** As many subgraphs as a large organisation has, with entities that several of them extend. */
export function largeSources(subgraphs: number, types: number): readonly SubgraphSource[] {
  const perSubgraph = Math.ceil(types / subgraphs);
  return Array.from({ length: subgraphs }, (_, index) => ({
    name: `domain${index}`,
    url: `http://127.0.0.1:1/domain${index}`,
    sdl: sdlOf(index, perSubgraph, subgraphs),
  }));
}

/** The supergraph of them; `revision` changes one description. */
export function largeSupergraph(subgraphs: number, types: number, revision = 0): string {
  return largeArtifact(subgraphs, types, revision).supergraph;
}

/** All that the registry makes of them. */
export function largeArtifact(subgraphs: number, types: number, revision = 0): Artifact {
  const [first, ...rest] = largeSources(subgraphs, types);
  if (!first) throw new Error("no subgraph");
  const composed = compose([
    { ...first, sdl: `${first.sdl}\n"Revision ${revision}."\nscalar Revision` },
    ...rest,
  ]);
  if (composed.kind === "refused") throw new Error(JSON.stringify(composed.findings.slice(0, 3)));
  return composed.artifact;
}

function sdlOf(index: number, types: number, subgraphs: number): string {
  const name = (position: number) => `T${index}x${position}`;
  const other = (index + 1) % subgraphs;
  const entities = Array.from({ length: types }, (_, position) => {
    const next = name((position + 1) % types);
    const isEntity = position % 3 === 0;
    return `"One of many."
type ${name(position)} ${isEntity ? `@key(fields: "id")` : ""} @owner(team: "team${index}", contact: "team${index}@example.com") {
  "Stable id."
  id: ID!
  "What it is called."
  name: String @classification(level: INTERNAL)
  email: String @classification(level: RESTRICTED) @mask(strategy: EMAIL, unlessScopes: ["pii${index}"])
  amount(unit: Unit${index} = EUR): Float
  next: ${next}
  others(first: Int = 10): [${next}!]
}`;
  });
  return `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask", "@classification", "@owner"])
enum Unit${index} { EUR USD }
type Query { first${index}: ${name(0)} byId${index}(id: ID!): ${name(3)} @authenticated }
type T${other}x0 @key(fields: "id") { id: ID! from${index}: ${name(0)} }
${entities.join("\n")}`;
}
