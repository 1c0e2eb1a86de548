import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { type DocumentNode, execute, type GraphQLSchema, parse } from "graphql";
import { decodeJwt } from "jose";
import { buildSubgraphSchema } from "../../../shared/subgraph/build-subgraph-schema.ts";
import { portOf } from "../../testkit/gateway-identity.ts";
import { composeOurs } from "../../testkit/small-mesh.ts";
import { type Generation, NOBODY, purposeLetter } from "./identities.ts";

const GOVERNANCE = "https://specs.data-product-gateway.dev/governance/v1.0";

function peopleSdl(generation: Generation): string {
  return `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes", "@policy"])
  @link(url: "${GOVERNANCE}", import: ["@mask", "@rowFilter", "@purpose", "@dataProduct"])
type Query { me: Person rows: [Row!]! echo(nonce: String!): String }
type Person @key(fields: "id") @dataProduct(id: "people.persons", domain: "people", version: "1.0.0", status: ACTIVE) {
  id: ID!
  secret: String @authenticated
  email: String @mask(strategy: EMAIL, unlessScopes: ["${generation === "first" ? "pii" : "pii-late"}"])
  salary: String @requiresScopes(scopes: [["hr"]])
  support: String @purpose(allow: ["support"])
  told: String
  vip: String @policy(policies: [["vip"]])
}
type Row @rowFilter(field: "owner", claim: "owner") { owner: String! value: String }`;
}

const DESK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { unused: String }
type Person @key(fields: "id") { id: ID! note: String }`;

/** The policy that `vip` asks. */
export const VIP_POLICY =
  "permit (principal, action, resource) when { principal.authenticated && principal.claims has vip && principal.claims.vip };";

/** On whose behalf a call is made. */
interface Subject {
  readonly id: string;
  readonly purpose: string;
}

/** Every person has the same key, so that what is kept by key alone would show. */
const PERSON_KEY = "1";

function peopleResolvers(count: number) {
  return {
    Query: {
      me: (_: unknown, __: unknown, { id, purpose }: Subject) => ({
        id: PERSON_KEY,
        secret: `~${id}s`,
        email: `~${id}m@example.com`,
        salary: `~${id}h`,
        support: `~${id}p`,
        told: `~${id}${purpose}`,
        vip: `~${id}v`,
      }),
      // Everybody's rows: to choose among them is the gateway's part.
      rows: (_: unknown, __: unknown, { id }: Subject) =>
        [anybody(count), id, anybody(count), anybody(count)].map((owner) => ({ owner, value: `~${owner}r` })),
      echo: (_: unknown, { nonce }: { readonly nonce: string }) => nonce,
    },
  };
}

function anybody(count: number): string {
  return String(Math.floor(Math.random() * count)).padStart(3, "0");
}

const deskResolvers = {
  Person: {
    __resolveReference: ({ id }: { readonly id: string }, { id: subject }: Subject) => ({
      id,
      note: `~${subject}n`,
    }),
  },
};

export interface CanarySubgraphs {
  readonly supergraphs: Readonly<Record<Generation, string>>;
  /** Calls that arrived. */
  readonly calls: () => number;
  readonly stop: () => Promise<void>;
}

/** Two subgraphs that answer each caller with what only that caller may see. */
export async function serveCanaries(count: number): Promise<CanarySubgraphs> {
  let calls = 0;
  const counted = () => {
    calls += 1;
  };
  const people = await serve(peopleSdl("first"), peopleResolvers(count), counted);
  const desk = await serve(DESK, deskResolvers, counted);
  const supergraphOf = (generation: Generation) =>
    composeOurs([
      { name: "people", sdl: peopleSdl(generation), url: people.url },
      { name: "desk", sdl: DESK, url: desk.url },
    ]);
  return {
    supergraphs: { first: supergraphOf("first"), second: supergraphOf("second") },
    calls: () => calls,
    stop: async () => {
      await Promise.all([people.stop(), desk.stop()]);
    },
  };
}

async function serve(sdl: string, resolvers: object, counted: () => void) {
  const schema = buildSubgraphSchema(sdl, resolvers);
  const documents = new Map<string, DocumentNode>();
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await text(request));
    counted();
    const document = documents.get(query) ?? parse(query);
    // Operations with names of their own would fill the memory of this process, and not of the one that is tried.
    if (documents.size < 1000) documents.set(query, document);
    const answer = JSON.stringify(await run(schema, document, variables, subjectOf(request.headers)));
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(answer),
    });
    response.end(answer);
  });
  // Connections are closed by the gateway: one that is closed here while it sends a call would be a fault.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${portOf(server.address())}/graphql`, stop };
}

function run(schema: GraphQLSchema, document: DocumentNode, variableValues: object, contextValue: Subject) {
  return execute({ schema, document, variableValues: { ...variableValues }, contextValue });
}

function subjectOf({ authorization = "" }: IncomingHttpHeaders): Subject {
  const { sub = NOBODY, purpose } = decodeJwt(authorization.slice("Bearer ".length));
  return { id: sub, purpose: purposeLetter(typeof purpose === "string" ? purpose : null) };
}
