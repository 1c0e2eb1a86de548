import { buildASTSchema, type GraphQLSchema, isInterfaceType, parse } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import type { CheckedFinding } from "./checked-finding.ts";
import type { Artifact, GovernanceManifest } from "./compose.ts";
import { listCoordinates } from "./list-coordinates.ts";

type ManifestRule = GovernanceManifest["rules"][number];

/**
 * The rules that judge callers and that the proposed supergraph adds or changes on places that are published.
 * Whether anybody loses something is for recorded usage to say.
 */
export function findTightened(before: Artifact, after: Artifact): readonly CheckedFinding[] {
  const document = parse(before.supergraph, { noLocation: true });
  const coordinates = listCoordinates(document);
  const schema = buildASTSchema(document, { assumeValid: true });
  const published = new Map(before.governance.rules.map((rule) => [keyOf(rule), rule]));
  return after.governance.rules.flatMap((rule) => {
    const directive = DIRECTIVES.find(({ name }) => name === rule.directive);
    const known = published.get(keyOf(rule));
    const isSame = JSON.stringify(known?.applications) === JSON.stringify(rule.applications);
    if (!directive?.judge || isSame || !coordinates.has(rule.coordinate)) return [];
    return [
      {
        severity: "warning",
        code: "GOVERNANCE_TIGHTENED",
        coordinate: rule.coordinate,
        subgraphs: rule.subgraphs,
        message: `@${directive.name} on ${rule.coordinate} is ${known ? "changed" : "new"}.`,
        remedy: "Tell the applications named, or see that their tokens have what the rule asks for.",
        weight: {
          kind: "tightened",
          touches: bound(schema, rule.coordinate),
          directive: directive.name,
          before: known?.applications ?? [],
          after: rule.applications,
        },
      },
    ];
  });
}

function keyOf({ coordinate, directive }: ManifestRule): string {
  return `${coordinate}@${directive}`;
}

/** The place itself, and for one of an interface those of its implementers. */
function bound(schema: GraphQLSchema, coordinate: string): readonly string[] {
  const [owner = "", ...rest] = coordinate.split(".");
  const type = schema.getType(owner);
  if (!isInterfaceType(type)) return [coordinate];
  const { objects } = schema.getImplementations(type);
  return [coordinate, ...objects.map(({ name }) => [name, ...rest].join("."))];
}
