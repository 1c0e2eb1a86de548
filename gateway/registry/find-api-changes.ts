import { Supergraph } from "@apollo/federation-internals";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { type GraphQLSchema, parse } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { resolveLinks } from "../../shared/resolve-links.ts";
import { GOVERNANCE_IDENTITY, stripLinks } from "../../shared/strip-governance.ts";
import type { CheckedFinding } from "./checked-finding.ts";
import type { Artifact } from "./compose.ts";
import { touchedCoordinates } from "./touched-coordinates.ts";

/**
 * What the API loses or changes for its clients. What breaks them is an error, unless it was deprecated in the
 * published API; what may surprise them is a warning.
 */
export async function findApiChanges(before: Artifact, after: Artifact): Promise<readonly CheckedFinding[]> {
  if (before.supergraph === after.supergraph) return [];
  const changes = await diff(apiSchema(before), apiSchema(after));
  return changes.flatMap((change) => {
    const { criticality, message, path, type } = change;
    const { level, reason, isSafeBasedOnUsage } = criticality;
    if (level === CriticalityLevel.NonBreaking) return [];
    const isBreaking = level === CriticalityLevel.Breaking && !isSafeBasedOnUsage;
    const wasDeprecated = /\(deprecated\)/.test(message);
    const touches = isBreaking ? touchedCoordinates(change) : null;
    const isRemoval = type.endsWith("_REMOVED");
    return [
      {
        severity: isBreaking && !wasDeprecated ? ("error" as const) : ("warning" as const),
        code: isBreaking ? "BREAKING_CHANGE" : "DANGEROUS_CHANGE",
        coordinate: path ?? null,
        subgraphs: [],
        message: reason && !isBreaking ? `${message}: ${reason.replace(/\.$/, "")}.` : `${message}.`,
        remedy: isBreaking
          ? "Deprecate it and keep it until no client uses it; or publish with --accept-breaking."
          : "Tell the clients before they notice.",
        ...(touches ? { weight: { kind: "api" as const, touches, isRemoval, wasDeprecated } } : {}),
      },
    ];
  });
}

const APOLLO = "https://specs.apollo.dev/";
const ENFORCED = DIRECTIVES.filter(({ spec }) => spec === "federation").map(({ name }) => `${APOLLO}${name}`);

/** The schema that clients see. */
function apiSchema({ supergraph }: Artifact): GraphQLSchema {
  const document = parse(supergraph, { noLocation: true });
  const governed = resolveLinks(document).filter(
    ({ identity }) => identity === GOVERNANCE_IDENTITY || ENFORCED.includes(identity),
  );
  return Supergraph.build(stripLinks(document, governed), { supportedFeatures: null })
    .apiSchema()
    .toGraphQLJSSchema();
}
