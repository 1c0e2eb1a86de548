import { createHash } from "node:crypto";
import { Supergraph as FederatedSupergraph } from "@apollo/federation-internals";
import { buildASTSchema, type DocumentNode, type GraphQLSchema, parse, print } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { ClientError } from "../../shared/errors.ts";
import { readJoinFacts } from "../../shared/join-facts.ts";
import { LINK_IDENTITY, type Link, resolveLinks } from "../../shared/resolve-links.ts";
import { GOVERNANCE_IDENTITY, stripLinks } from "../../shared/strip-governance.ts";
import { buildContract, type ContractSpec } from "./contract.ts";
import { readCosts } from "./cost-facts.ts";
import { mergePolicy, type Policy } from "./merge-policy.ts";
import { readApplications } from "./read-applications.ts";
import { readTags } from "./read-tags.ts";
import { writeSchema } from "./schema-text.ts";
import type { PlanningText, RuleText, SupergraphParts } from "./supergraph-parts.ts";

const APOLLO = "https://specs.apollo.dev/";
/** What the planner understands; every other feature is enforced here, or refuses the supergraph. */
const PLANNER_FEATURES = ["core", "join", "tag", "inaccessible", "context", "cost"];
const ENFORCED_FEATURES = new Map<string, readonly [number, number]>([
  ...DIRECTIVES.filter(({ spec }) => spec === "federation").map(
    ({ name }) => [`${APOLLO}${name}`, [0, 1]] as const,
  ),
  [GOVERNANCE_IDENTITY, [1, 0]],
]);

/**
 * The part of building a supergraph that takes long and needs nothing but its SDL: everything is read, checked and
 * derived, and comes as texts.
 *
 * @param onPlanning told what planners need as soon as that is known, before it is known to be valid
 * @throws ClientError SUPERGRAPH_INVALID where it does not parse, links a feature that nobody enforces, or leaves
 *   nothing of a contract
 */
export function readSupergraph(
  sdl: string,
  specs: readonly ContractSpec[],
  onPlanning: (text: PlanningText) => void = () => {},
): SupergraphParts {
  const document = parseSdl(sdl);
  const links = resolveLinks(document);
  refuseUnenforced(links);
  const policy = readPolicy(document);
  const enforced = links.filter((link) => ENFORCED_FEATURES.has(link.identity));
  const stripped = stripLinks(document, enforced);
  const planning = stripped.definitions.map((definition) => `${print(definition)}\n`).join("");
  const hash = hashOf(sdl);
  onPlanning({ hash, planning });
  const federated = buildFederated(stripped);
  const apiSchema = schemaOf(federated.apiSchema().toAST());
  const tags = specs.length > 0 ? readTags(document) : new Map();
  return {
    hash,
    planning,
    subgraphs: federated.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
    joins: readJoinFacts(stripped),
    costs: readCosts(federated.schema),
    schema: writeSchema(schemaOf(stripped)),
    api: writeSchema(apiSchema),
    contracts: specs.map((spec) => {
      const { schema, hidden } = buildContract(apiSchema, tags, spec);
      return { name: spec.name, schema: writeSchema(schema), hidden: [...hidden] };
    }),
    rules: rulesInPieces(policy),
  };
}

/** The schema of a document that was validated when the supergraph was built, so that it is not validated again. */
function schemaOf(document: DocumentNode): GraphQLSchema {
  return buildASTSchema(document, { assumeValidSDL: true });
}

/** SHA-256 of a supergraph's SDL, lower-case hex. */
export function hashOf(sdl: string): string {
  return createHash("sha256").update(sdl).digest("hex");
}

/** Rules of one JSON text. */
const RULES = 200;

function rulesInPieces(policy: Policy): readonly string[] {
  const rules = [...policy.values()].flat().map(
    ({ directive, coordinate, applications, subgraphs, reason }): RuleText => ({
      coordinate,
      directive: directive.name,
      applications,
      subgraphs,
      reason,
    }),
  );
  const count = Math.ceil(rules.length / RULES);
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify(rules.slice(index * RULES, (index + 1) * RULES)),
  );
}

function parseSdl(sdl: string): DocumentNode {
  try {
    return parse(sdl);
  } catch (error) {
    throw new ClientError("SUPERGRAPH_INVALID", `The supergraph is not valid SDL: ${text(error)}`);
  }
}

function refuseUnenforced(links: readonly Link[]): void {
  if (!links.some((link) => link.identity === `${APOLLO}join`))
    throw new ClientError(
      "SUPERGRAPH_INVALID",
      "The file is no Federation 2 supergraph: it does not link the join specification. A subgraph's schema has to be composed first.",
    );
  for (const link of links) {
    const enforced = ENFORCED_FEATURES.get(link.identity);
    const isKnown = enforced
      ? link.version[0] === enforced[0] && link.version[1] <= (enforced[1] ?? 0)
      : link.purpose === null || PLANNER_FEATURES.some((name) => link.identity === `${APOLLO}${name}`);
    if (!isKnown && link.identity !== LINK_IDENTITY)
      throw new ClientError(
        "SUPERGRAPH_INVALID",
        `The supergraph links ${link.identity}/v${link.version.join(".")}${link.purpose ? ` for ${link.purpose}` : ""}, which this gateway does not enforce.`,
      );
  }
}

function readPolicy(document: DocumentNode): Policy {
  const { applications, findings } = readApplications("supergraph", document);
  const merged = mergePolicy(applications);
  const problem = [...findings, ...merged.findings].find((finding) => finding.severity === "error");
  if (problem) throw new ClientError("SUPERGRAPH_INVALID", `${problem.message} ${problem.remedy}`);
  return merged.policy;
}

function buildFederated(document: DocumentNode): FederatedSupergraph {
  try {
    return FederatedSupergraph.build(document, { supportedFeatures: null });
  } catch (error) {
    throw new ClientError("SUPERGRAPH_INVALID", `The supergraph could not be read: ${text(error)}`);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
