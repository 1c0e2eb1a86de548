import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RoverRegistry, startRoverRegistry } from "../../testkit/rover-registry.ts";
import { domainSdl } from "../../testkit/start-registry.ts";

const PET = domainSdl("Pet", "name: String age: Int");
const GRAPH = { graph_id: "mesh", variant: "current" };
const GIT = { branch: null, commit: null, committer: null, message: null, remoteUrl: null };

// Rover's own documents, as Rover 0.41.0 sends them, without Rover; test/rover/ runs the program itself.
describe("the registry answers the documents that Rover sends", () => {
  let mesh: RoverRegistry;
  beforeAll(async () => {
    mesh = await startRoverRegistry();
  });
  afterAll(async () => {
    await mesh.stop();
  });

  async function send(document: string, variables: object | null, key?: string) {
    const query = document.includes("{")
      ? document
      : readFileSync(new URL(`documents/${document}.graphql`, import.meta.url), "utf8");
    const response = await fetch(mesh.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "apollographql-client-name": "rover-client",
        "x-api-key": key ?? `service:mesh:${await mesh.tokenOf("pet")}`,
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = JSON.parse(await response.text());
    return { status: response.status, data, errors };
  }

  const publication = (subgraph: string, sdl: string, variant = "current") => ({
    ...{ graph_id: "mesh", variant, subgraph, url: `http://127.0.0.1:1/${subgraph}`, revision: "r1" },
    ...{ schema: { hash: null, sdl }, git_context: { ...GIT, message: "first", commit: "abc" } },
  });

  async function check(proposedSchema: string) {
    const config = { queryCountThreshold: null, queryCountThresholdPercentage: null, from: null, to: null };
    const input = { config, gitContext: GIT, graphRef: "mesh@current", isProposal: false, isSandbox: false };
    const { data } = await send("SubgraphCheckMutation", {
      input: { ...input, introspectionEndpoint: null, proposedSchema, subgraphName: "pet" },
      name: "current",
      graph_id: "mesh",
    });
    const { workflowID } = data.graph.variant.submitSubgraphCheckAsync;
    return { workflowId: workflowID, graphId: "mesh" };
  }

  test("before the first publish there is no variant", async () => {
    expect(await send("IsFederatedGraph", GRAPH)).toMatchObject({ data: { graph: { variant: null } } });
    expect(await send("VariantListQuery", GRAPH)).toMatchObject({ data: { graph: { variants: [] } } });
  });

  test("publish, then fetch, list, routing URL and supergraph", async () => {
    expect(await send("SubgraphPublishMutation", publication("pet", PET))).toEqual({
      status: 200,
      errors: undefined,
      data: {
        graph: {
          publishSubgraph: {
            compositionConfig: { schemaHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
            errors: [],
            didUpdateGateway: true,
            serviceWasCreated: true,
            serviceWasUpdated: false,
            launchCliCopy: "Generation 1 is served.",
            launchUrl: null,
          },
        },
      },
    });
    const [entry] = await mesh.registry.store.history(1);
    expect(entry).toMatchObject({ author: expect.stringMatching(/^pet\//), reason: "first abc r1" });
    const one = { graph_ref: "mesh@current", subgraph_name: "pet" };
    expect((await send("SubgraphFetchQuery", one)).data.variant).toMatchObject({
      subgraph: { url: "http://127.0.0.1:1/pet", activePartialSchema: { sdl: PET } },
      subgraphs: [{ name: "pet" }],
    });
    expect((await send("SubgraphRoutingUrlQuery", one)).data.variant.subgraph.url).toBe(
      "http://127.0.0.1:1/pet",
    );
    const { data: list } = await send("SubgraphListQuery", GRAPH);
    const [listed] = list.graph.variant.subgraphs;
    expect(Date.parse(listed.updatedAt)).toBeGreaterThan(Date.now() - 60_000);
    const { data } = await send("SupergraphFetchQuery", GRAPH);
    const head = await mesh.registry.store.head();
    const { coreDocument } = data.graph.variant.latestApprovedLaunch.build.result.coreSchema;
    expect(coreDocument).toBe(JSON.parse(head?.content ?? "{}").supergraph);
  });

  test("a check is kept with the acts, and told to the token that asked and to no other", async () => {
    const workflow = await check(PET.replace("age: Int", "age: Nowhere"));
    expect((await send("SubgraphCheckWorkflowStatusQuery", workflow)).data.graph.checkWorkflow.status).toBe(
      "FAILED",
    );
    const { data } = await send("SubgraphCheckWorkflowQuery", workflow);
    const [composition] = data.graph.checkWorkflow.tasks;
    expect(composition).toMatchObject({ __typename: "CompositionCheckTask", status: "FAILED" });
    expect(JSON.stringify(composition.result.errors)).toContain("Nowhere");
    const other = await mesh.tokenOf("person");
    for (const document of ["SubgraphCheckWorkflowStatusQuery", "SubgraphCheckWorkflowQuery"])
      expect((await send(document, workflow, other)).data).toEqual({ graph: { checkWorkflow: null } });
    for (const workflowId of ["1", "999999", "0 OR 1=1", "99999999999999999999"])
      expect(
        (await send("SubgraphCheckWorkflowQuery", { ...workflow, workflowId })).data.graph.checkWorkflow,
      ).toBe(null);
    const passed = await send(
      "SubgraphCheckWorkflowQuery",
      await check(`${PET} "More." type More { id: ID }`),
    );
    expect(passed.data.graph.checkWorkflow.status).toBe("PASSED");
    expect((await mesh.registry.store.head())?.number).toBe(1);
  });

  test("a removal is rehearsed with dryRun, and done without", async () => {
    await mesh.registry.publish({
      actor: { id: "governance/test", domain: "governance" },
      changes: [{ name: "extra", source: { sdl: domainSdl("Extra", "a: Int"), url: "http://127.0.0.1:1/" } }],
      reason: "",
    });
    const removal = { ...GRAPH, subgraph: "pet" };
    await send("SubgraphDeleteMutation", { ...removal, dry_run: true });
    expect((await mesh.registry.store.head())?.members.map(({ name }) => name)).toEqual(["extra", "pet"]);
  });

  test.each([
    [
      "another domain's subgraph",
      () => send("SubgraphPublishMutation", publication("person", PET)),
      "SUBGRAPH_NOT_YOURS",
    ],
    [
      "another variant",
      () => send("SubgraphPublishMutation", publication("pet", PET, "prod")),
      "BAD_USER_INPUT",
    ],
    [
      "a name that is none",
      () => send("SubgraphPublishMutation", publication("../pet", PET)),
      "BAD_USER_INPUT",
    ],
    ["no key", () => send("ConfigWhoAmIQuery", null, ""), "DEPLOY_TOKEN_INVALID"],
    ["a wrong key", () => send("ConfigWhoAmIQuery", null, "service:mesh:dpgd_x"), "DEPLOY_TOKEN_INVALID"],
    ["a key of strange characters", () => send("ConfigWhoAmIQuery", null, "a'b"), "DEPLOY_TOKEN_INVALID"],
    ["a document that does not parse", () => send("{ me {", null), "BAD_USER_INPUT"],
    [
      "a NUL in a schema",
      () => send("SubgraphPublishMutation", publication("pet", `${PET} # \0`)),
      "BAD_USER_INPUT",
    ],
    [
      "a NUL in what becomes the reason",
      () => {
        const { git_context, ...rest } = publication("pet", `${PET} # other`);
        return send("SubgraphPublishMutation", { ...rest, git_context: { ...git_context, message: "\0" } });
      },
      "BAD_USER_INPUT",
    ],
    [
      "one document that publishes under two names",
      () => {
        const act = `publishSubgraph(name: "pet", revision: "", activePartialSchema: {}, graphVariant: "current")`;
        return send(
          `mutation { graph(id: "mesh") { a: ${act} { wasCreated } b: ${act} { wasCreated } } }`,
          null,
        );
      },
      "BAD_USER_INPUT",
    ],
    [
      "one document that asks for a graph under two names",
      () => send(`{ a: graph(id: "a") { id } b: graph(id: "b") { id } }`, null),
      "BAD_USER_INPUT",
    ],
    [
      "a document of a thousand fields",
      () => send(`{ ${"frontendUrlRoot ".repeat(1001)}}`, null),
      "BAD_USER_INPUT",
    ],
  ])("%s is refused", async (_, ask, code) => {
    const { status, data, errors } = await ask();
    expect(status).toBeLessThan(500);
    expect(data?.graph?.publishSubgraph ?? null).toBe(null);
    expect(errors[0].extensions.code).toBe(code);
    expect((await mesh.registry.store.head())?.members.map(({ name }) => name)).not.toContain("person");
  });
});
