import { parse } from "graphql";
import { jsonText } from "../../shared/postgres/json-text.ts";
import type { Finding } from "../supergraph/finding.ts";
import { readApplications } from "../supergraph/read-applications.ts";

/**
 * Arguments of directives that are refused in a schema that is published now, and take effect all the same where they
 * are published already: what no database keeps as it is, and what each directive says itself.
 *
 * @param sdl parses as GraphQL
 */
export function unfitArguments({
  name,
  sdl,
}: {
  readonly name: string;
  readonly sdl: string;
}): readonly Finding[] {
  const { applications } = readApplications({ subgraph: name }, parse(sdl));
  return applications.flatMap(({ coordinate, directive, args }) => {
    const own = directive.unfit?.(args) ?? [];
    const reasons = own.length > 0 || isStorable(args) ? own : ["a text with U+0000 or half a character"];
    if (reasons.length === 0) return [];
    return {
      severity: "error",
      code: "DIRECTIVE_ARGUMENTS_INVALID",
      coordinate,
      subgraphs: [name],
      message: `@${directive.name} on ${coordinate} has wrong arguments: ${reasons.join("; ")}.`,
      remedy: "Correct the arguments: they name things in the catalog, in records and in metrics.",
    };
  });
}

function isStorable(args: unknown): boolean {
  return jsonText([args]) === JSON.stringify([args]);
}
