import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { graphql } from "graphql";
import { type Config, readConfig } from "../../gateway/config.ts";
import { type Gateway, type GatewayOptions, startGateway } from "../../gateway/gateway.ts";
import type { OperationOrigin } from "../../gateway/open-safe-list.ts";
import { compose, type SubgraphSource } from "../../gateway/registry/compose.ts";
import type { DecidePolicy } from "../../gateway/request/evaluate-policies.ts";
import type { UsageSink } from "../../gateway/usage/usage-reporter.ts";
import { createLog } from "../../shared/log.ts";
import { buildSubgraphSchema } from "../../shared/subgraph/build-subgraph-schema.ts";
import { portOf } from "./gateway-identity.ts";
import { AUDIENCE, type TokenIssuer } from "./token-issuer.ts";

export interface TestSubgraphSource {
  readonly sdl: string;
  /** Get a {@link SubgraphContext} as context. */
  readonly resolvers: object;
}

export interface SubgraphContext {
  /** Of the gateway's call. */
  readonly headers: IncomingHttpHeaders;
}

/** One call that a subgraph received. */
export interface SubgraphCall {
  readonly subgraph: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
  readonly body: string;
}

export interface MeshOptions {
  readonly subgraphs: Readonly<Record<string, TestSubgraphSource>>;
  readonly issuers?: readonly TokenIssuer[];
  /** Changes to the default configuration, by section. */
  readonly config?: (config: Config) => Config;
  readonly plugins?: GatewayOptions["plugins"];
  readonly policyEngine?: DecidePolicy;
  readonly usage?: UsageSink;
  readonly operations?: OperationOrigin;
  readonly productHealth?: GatewayOptions["productHealth"];
  readonly extensions?: GatewayOptions["extensions"];
  readonly registry?: GatewayOptions["registry"];
  /** Makes the supergraph in place of our own composer. */
  readonly supergraphOf?: (sources: readonly SubgraphSource[]) => string;
}

export interface MeshAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

export interface AskOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  /** Instead of `/graphql`. */
  readonly path?: string;
}

/** A real gateway over real HTTP subgraphs that answer from memory and remember what they were asked. */
export interface SmallMesh {
  readonly gateway: Gateway;
  readonly url: string;
  readonly calls: SubgraphCall[];
  /** How many calls the gateway gave up before they were answered. */
  readonly abandoned: () => number;
  /** Everything the gateway logged, a JSON text per line. */
  readonly logged: string[];
  readonly ask: (query: string, options?: AskOptions) => Promise<MeshAnswer>;
  readonly stop: () => Promise<void>;
}

/** Composes the subgraphs and serves them on free ports. */
export async function startSmallMesh({
  subgraphs,
  issuers = [],
  config,
  plugins = [],
  policyEngine,
  usage,
  operations,
  extensions = [],
  supergraphOf = composeOurs,
  productHealth,
  registry,
}: MeshOptions): Promise<SmallMesh> {
  const logged: string[] = [];
  const served = await serveSubgraphs(subgraphs);
  const usual = { ...readConfig(null, {}), port: 0 };
  const auth = { ...usual.auth, issuers: issuers.map((issuer) => trust(issuer)) };
  const gateway = await startGateway({
    config: config?.({ ...usual, auth }) ?? { ...usual, auth },
    supergraphSdl: supergraphOf(served.sources),
    plugins,
    extensions,
    ...(policyEngine ? { policyEngine } : {}),
    ...(usage ? { usage } : {}),
    ...(operations ? { operations } : {}),
    ...(productHealth ? { productHealth } : {}),
    ...(registry ? { registry } : {}),
    log: createLog({
      name: "gateway",
      level: "trace",
      destination: { write: (line: string) => void logged.push(line) },
    }),
  });
  const stop = async () => {
    await gateway.stop();
    await served.stop();
  };
  return {
    gateway,
    url: gateway.url,
    calls: served.calls,
    abandoned: served.abandoned,
    logged,
    ask: asker(gateway.url),
    stop,
  };
}

/** The subgraphs of a small mesh without a gateway. */
export interface ServedSubgraphs extends Pick<SmallMesh, "calls" | "abandoned" | "stop"> {
  readonly sources: readonly SubgraphSource[];
}

export async function serveSubgraphs(subgraphs: MeshOptions["subgraphs"]): Promise<ServedSubgraphs> {
  const calls: SubgraphCall[] = [];
  let abandoned = 0;
  const onAbandoned = () => {
    abandoned += 1;
  };
  const sources = await Promise.all(
    Object.entries(subgraphs).map(([name, source]) => serve(name, source, calls, onAbandoned)),
  );
  const stop = async () => {
    await Promise.all(sources.map(({ server }) => close(server)));
  };
  return { sources, calls, abandoned: () => abandoned, stop };
}

/** The supergraph of our own composer. */
export function composeOurs(sources: readonly SubgraphSource[]): string {
  const composed = compose(sources);
  if (composed.kind === "refused") throw new Error(JSON.stringify(composed.findings, null, 2));
  return composed.artifact.supergraph;
}

/** How a gateway is told to trust an issuer. */
export function trust({ url, jwksUrl }: TokenIssuer): Config["auth"]["issuers"][number] {
  return { issuer: url, jwksUrl, audience: AUDIENCE, algorithms: ["RS256", "ES256", "EdDSA"] };
}

async function serve(
  name: string,
  { sdl, resolvers }: TestSubgraphSource,
  calls: SubgraphCall[],
  onAbandoned: () => void,
) {
  const schema = buildSubgraphSchema(sdl, resolvers);
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { query, variables } = JSON.parse(body);
    calls.push({ subgraph: name, headers: request.headers, query, body });
    response.once("close", () => {
      if (!response.writableFinished) onAbandoned();
    });
    response.setHeader("content-type", "application/json");
    const contextValue = { headers: request.headers };
    response.end(
      JSON.stringify(await graphql({ schema, source: query, variableValues: variables, contextValue })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { name, sdl, server, url: `http://127.0.0.1:${portOf(server.address())}/graphql` };
}

function asker(url: string) {
  return async (query: string, options: AskOptions = {}): Promise<MeshAnswer> => {
    const { token, headers, variables, operationName, path = "/graphql" } = options;
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables, operationName }),
    });
    const body = await response.text();
    const { data, errors = [], extensions } = JSON.parse(body);
    return { status: response.status, headers: response.headers, text: body, data, errors, extensions };
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
