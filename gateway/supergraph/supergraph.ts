import { createHash } from "node:crypto";
import { Supergraph as FederatedSupergraph } from "@apollo/federation-internals";
import { type DocumentNode, type GraphQLSchema, parse, print } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { ClientError } from "../../shared/errors.ts";
import { LINK_IDENTITY, type Link, resolveLinks } from "../../shared/resolve-links.ts";
import { GOVERNANCE_IDENTITY, stripLinks } from "../../shared/strip-governance.ts";
import { buildContract, type Contract, type ContractSpec, WHOLE_API, wholeApi } from "./contract.ts";
import { compileFieldPolicies, type FieldPolicies } from "./field-policy.ts";
import { compileInputPolicies, type InputPolicies } from "./input-policy.ts";
import { mergePolicy, type Policy } from "./merge-policy.ts";
import { readApplications } from "./read-applications.ts";
import { readTags } from "./read-tags.ts";

/** One generation: everything that depends on the supergraph SDL, immutable, read once per request. */
export interface Supergraph {
  /** SHA-256 of the SDL, lower-case hex: the generation in every cache key. */
  readonly hash: string;
  /** Schema that clients see. */
  readonly apiSchema: GraphQLSchema;
  /** What clients of each path see, by the contract's name; the whole API is {@link WHOLE_API}. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** API schema plus what is inaccessible. */
  readonly schema: GraphQLSchema;
  readonly federated: FederatedSupergraph;
  /** The SDL that query planners read: without what they do not understand. */
  readonly planningSdl: string;
  readonly policy: Policy;
  readonly fieldPolicies: FieldPolicies;
  readonly inputPolicies: InputPolicies;
  /** Name and address of each subgraph, as composed. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
}

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
 * Reads a supergraph SDL of any Federation 2 composer: the policy from the whole of it, the planner from a
 * copy without what stock packages refuse (governance.md §1).
 *
 * @throws ClientError SUPERGRAPH_INVALID where it does not parse, links a feature that nobody enforces, or leaves
 *   nothing of a contract
 */
export function buildSupergraph(sdl: string, contracts: readonly ContractSpec[] = []): Supergraph {
  const steps = buildSteps(sdl, contracts);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/**
 * The same, with the event loop let go between the steps, so that requests are answered meanwhile.
 *
 * @param known is given back where it was built from the same SDL, with the same contracts
 */
export async function buildSupergraphInSteps(
  sdl: string,
  contracts: readonly ContractSpec[],
  known: Supergraph | null,
): Promise<Supergraph> {
  if (known?.hash === hashOf(sdl)) return known;
  const steps = buildSteps(sdl, contracts);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function* buildSteps(sdl: string, specs: readonly ContractSpec[]): Generator<void, Supergraph, void> {
  const document = parseSdl(sdl);
  yield;
  const links = resolveLinks(document);
  refuseUnenforced(links);
  const policy = readPolicy(document);
  yield;
  const enforced = links.filter((link) => ENFORCED_FEATURES.has(link.identity));
  const stripped = stripLinks(document, enforced);
  const federated = buildFederated(stripped);
  yield;
  const schema = federated.schema.toGraphQLJSSchema();
  yield;
  const apiSchema = federated.apiSchema().toGraphQLJSSchema();
  yield;
  const contracts = new Map([[WHOLE_API, wholeApi(apiSchema)]]);
  const tags = specs.length > 0 ? readTags(document) : new Map();
  for (const spec of specs) {
    contracts.set(spec.name, buildContract(apiSchema, tags, spec));
    yield;
  }
  const planningSdl = print(stripped);
  yield;
  return Object.freeze({
    hash: hashOf(sdl),
    apiSchema,
    contracts,
    schema,
    federated,
    planningSdl,
    policy,
    fieldPolicies: compileFieldPolicies(schema, policy),
    inputPolicies: compileInputPolicies(schema, policy),
    subgraphs: federated.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
  });
}

function hashOf(sdl: string): string {
  return createHash("sha256").update(sdl).digest("hex");
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
