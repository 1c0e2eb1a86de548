import { expect } from "vitest";
import { linked } from "./compose-schemas.ts";
import { resolveFromData, type SubgraphData } from "./resolve-from-data.ts";
import { type SubgraphCall, startSmallMesh } from "./small-mesh.ts";

/** A subgraph of a test: its SDL, with all links unless it has some or asks for none, and what it answers with. */
export interface DataSubgraph extends SubgraphData {
  readonly sdl: string;
  /** Without a link, as in Federation 1. */
  readonly isUnlinked?: boolean;
  /** Resolvers in place of data. */
  readonly resolvers?: object;
}

/**
 * Serves the subgraphs behind a real gateway and asks an operation of it three times, so that every way of running it
 * has its turn: the data are exactly these, fields in this order, without errors.
 *
 * @returns the calls of the last time
 */
export async function expectData(
  subgraphs: Readonly<Record<string, DataSubgraph>>,
  query: string,
  data: unknown,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<readonly SubgraphCall[]> {
  const served = Object.entries(subgraphs).map(([name, { sdl, isUnlinked, resolvers, ...answers }]) => [
    name,
    {
      sdl: isUnlinked || sdl.includes("@link") ? sdl : linked(sdl),
      resolvers: resolvers ?? resolveFromData(answers),
    },
  ]);
  const mesh = await startSmallMesh({ subgraphs: Object.fromEntries(served) });
  try {
    for (let time = 0; time < 3; time += 1) {
      mesh.calls.length = 0;
      const answer = await mesh.ask(query, { variables });
      expect(answer.errors).toEqual([]);
      expect(JSON.stringify(answer.data)).toBe(JSON.stringify(data));
    }
    return [...mesh.calls];
  } finally {
    await mesh.stop();
  }
}
