import type { Finding } from "../supergraph/finding.ts";
import { readSupergraph } from "../supergraph/read-supergraph.ts";
import type { Artifact } from "./compose.ts";

/**
 * Reads a supergraph as gateways do: of what composes, not everything can be served, such as an object as the default value
 * of a custom scalar, and gateways would keep the generation before it, and never get to a later one.
 *
 * @param changed names of the subgraphs that are published now
 */
export function unreadableSupergraph(
  { supergraph }: Artifact,
  changed: readonly string[],
): readonly Finding[] {
  try {
    readSupergraph(supergraph, []);
    return [];
  } catch (error) {
    return [
      {
        severity: "error",
        code: "SUPERGRAPH_INVALID",
        coordinate: null,
        subgraphs: changed,
        message: `It composes, but no gateway could serve it: ${error instanceof Error ? error.message : String(error)}`,
        remedy:
          "Write what is named in another way; a default value of a custom scalar has to be a number, a text or a boolean.",
      },
    ];
  }
}
