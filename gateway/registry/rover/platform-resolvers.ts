import type { GraphQLResolveInfo } from "graphql";
import { ClientError } from "../../../shared/errors.ts";
import type { Actor } from "../deploy-tokens.ts";
import type { Registry } from "../registry.ts";
import type { Head, Member } from "../store-postgres.ts";
import { buildError, checkWorkflow, storedCheck, toStoredCheck } from "./check-workflow.ts";

/** The only variant: a registry has one supergraph. Rover means it where a graph ref names none. */
export const VARIANT = "current";

interface PublishArguments {
  readonly name: string;
  readonly url?: string | null;
  readonly revision: string;
  readonly activePartialSchema: { readonly sdl?: string | null };
  readonly graphVariant: string;
  readonly gitContext?: { readonly message?: string | null; readonly commit?: string | null } | null;
}

interface CheckArguments {
  readonly input: { readonly proposedSchema: string; readonly subgraphName: string };
}

interface RemovalArguments {
  readonly graphVariant: string;
  readonly name: string;
  readonly dryRun: boolean;
}

/** What Rover may name: the registry's own rules for names hold, whoever asks. */
const NAME = /^[a-z][a-z0-9_-]{0,62}$/;
/** In place of the routing URL that a check does not state. */
const UNPUBLISHED_URL = "https://unpublished.example/";
/** Days of recorded usage that weigh a change, as for the project's own command. */
const WEIGHED = { window: 30, threshold: 0 } as const;

/** Answers the platform API for one deploy token, with the registry's own functions and rules. */
export function platformRoot(registry: Registry, actor: Actor): object {
  return {
    me: () => ({ __typename: "Graph", ...graph(actor.domain), title: actor.id, asActor: asActor(actor) }),
    frontendUrlRoot: "",
    graph: ({ id }: { id: string }, _: unknown, { operation }: GraphQLResolveInfo) =>
      operation.operation === "mutation" ? graphMutation() : graph(id),
    variant: ({ ref }: { ref: string }) => {
      const [, id = "", name = VARIANT] = /^([^@]+)(?:@(.+))?$/.exec(ref) ?? [];
      if (id === "") return { __typename: "InvalidRefFormat", message: "Name the graph as GRAPH@VARIANT." };
      return name === VARIANT ? published() : null;
    },
  };

  /** Before the first publish there is no variant, as Rover understands it: an empty one would be no federated graph. */
  async function published(): Promise<object | null> {
    const head = await registry.store.head();
    return head === null ? null : variant(head);
  }

  function graph(id: string) {
    return {
      id,
      title: id,
      asActor: asActor(actor),
      variants: async () => [await published()].filter((item) => item !== null),
      variant: ({ name }: { name: string }) => (name === VARIANT ? published() : null),
      checkWorkflow: ({ id: workflow }: { id: string }) => readCheck(workflow),
    };
  }

  function graphMutation() {
    return {
      publishSubgraph: publish,
      removeImplementingServiceAndTriggerComposition: remove,
      variant: ({ name }: { name: string }) =>
        name === VARIANT ? { submitSubgraphCheckAsync: submitCheck } : null,
    };
  }

  async function publish(options: PublishArguments): Promise<object> {
    const { name, url, revision, activePartialSchema, gitContext } = options;
    requireVariant(options.graphVariant);
    const before = (await registry.store.head())?.members.find((item) => item.name === name);
    const reason = [gitContext?.message, gitContext?.commit, revision].filter(Boolean).join(" ") || "rover";
    const source = { sdl: activePartialSchema.sdl ?? "", url: url ?? requireUrl(before) };
    const changes = [{ name: requireName(name), source }];
    const request = { actor, changes, reason: reason.slice(0, 1000), ...WEIGHED };
    const { hash, changed, generation } = await registry.publish(request);
    return {
      compositionConfig: { schemaHash: hash },
      errors: [],
      updatedGateway: changed,
      wasCreated: before === undefined,
      wasUpdated: before !== undefined && changed,
      launch: null,
      launchCliCopy: `Generation ${generation} is served.`,
      launchUrl: null,
    };
  }

  async function remove({ graphVariant, name, dryRun }: RemovalArguments): Promise<object> {
    requireVariant(graphVariant);
    const request = { actor, changes: [{ name: requireName(name), source: null }], ...WEIGHED };
    if (dryRun) {
      const { decision } = await registry.check({ ...request, reason: "rover" });
      const errors = decision.kind === "refused" ? decision.blocking : [];
      return { errors: toStoredCheck(null, errors).findings.map(buildError), updatedGateway: false };
    }
    await registry.publish({ ...request, reason: "rover" });
    return { errors: [], updatedGateway: true };
  }

  /** Checks at once; what came of it is kept with the acts, so that any replica can tell. */
  async function submitCheck({ input }: CheckArguments): Promise<object> {
    const { proposedSchema: sdl, subgraphName } = input;
    const name = requireName(subgraphName);
    const before = (await registry.store.head())?.members.find((item) => item.name === name);
    // Rover's check knows no routing URL: one that is not published yet stands for itself.
    const changes = [{ name, source: { sdl, url: before?.url ?? UNPUBLISHED_URL } }];
    const { decision, findings } = await registry.check({ actor, changes, reason: "rover", ...WEIGHED });
    const code = decision.kind === "refused" ? decision.code : null;
    const detail = toStoredCheck(code, findings);
    const outcome = code ?? "passed";
    const id = await registry.store.recordAct({
      actor: actor.id,
      verb: CHECK,
      subject: name,
      outcome,
      detail,
    });
    return { __typename: "CheckRequestSuccess", targetURL: "", workflowID: id };
  }

  /** Of the same token only: a check tells of others' schemas. */
  async function readCheck(id: string): Promise<object | null> {
    const act = /^\d{1,18}$/.test(id) ? await registry.store.act(id) : null;
    if (act?.verb !== CHECK || act.actor !== actor.id) return null;
    return checkWorkflow(id, storedCheck.parse(act.detail));
  }
}

const CHECK = "check by rover";

function asActor({ id }: Actor): object {
  return { actorId: id, type: "GRAPH" };
}

function variant(head: Head): object {
  const subgraphs = head.members.map(subgraph);
  return {
    __typename: "GraphVariant",
    id: VARIANT,
    name: VARIANT,
    subgraphs,
    subgraph: ({ name }: { name: string }) => subgraphs.find((item) => item.name === name),
    latestApprovedLaunch: launch(head),
    latestLaunch: launch(head),
    sourceVariant: null,
  };
}

function subgraph({ name, url, sdl, publishedAt }: Member) {
  return { name, url, updatedAt: publishedAt, activePartialSchema: { sdl } };
}

function launch(head: Head): object {
  const { supergraph }: { supergraph: string } = JSON.parse(head.content);
  const result = { __typename: "BuildSuccess", coreSchema: { coreDocument: supergraph } };
  return {
    id: String(head.number),
    build: { result },
    buildInput: { __typename: "CompositionBuildInput", version: null },
  };
}

function requireVariant(name: string): void {
  if (name !== VARIANT)
    throw new ClientError("BAD_USER_INPUT", `This registry has one supergraph: GRAPH@${VARIANT}.`);
}

function requireName(name: string): string {
  if (NAME.test(name)) return name;
  throw new ClientError("BAD_USER_INPUT", "A subgraph's name has lower-case letters, digits, - and _.");
}

function requireUrl(before: Member | undefined): string {
  if (before) return before.url;
  throw new ClientError("ROUTING_URL_REFUSED", "A subgraph that is not published yet needs a routing URL.");
}
