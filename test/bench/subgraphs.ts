// Process: the benchmark's domains, each on a port of its own. Tells its parent the addresses; records calls on request.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type GraphQLSchema, graphql } from "graphql";
import { buildSubgraphSchema } from "../../shared/subgraph/build-subgraph-schema.ts";
import { portOf } from "../testkit/gateway-identity.ts";
import { domains, SHOP } from "./domains.ts";
import { serveMemoised } from "./serve-memoised.ts";

/** One call as the limit probe repeats it; times in milliseconds. */
export interface RecordedCall {
  readonly url: string;
  readonly body: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** While recording, answers take this long (milliseconds), so that calls made at the same time overlap. */
const RECORDING_DELAY = 30;

let recording: RecordedCall[] | null = null;

process.on("message", (message) => {
  const recorded = recording;
  recording = message === "record" ? [] : null;
  process.send?.({ recorded });
});
process.on("disconnect", () => process.exit());

const urls: [string, string][] = [];
for (const { name, sdl, resolvers } of domains(false)) {
  const schema = buildSubgraphSchema(sdl, resolvers(SHOP));
  let url = "";
  const server = serveMemoised(
    (body) => record(url, body, () => execute(schema, body)),
    () => recording !== null,
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${portOf(server.address())}/graphql`;
  urls.push([name, url]);
}
process.send?.({ urls });

async function record(url: string, body: string, run: () => Promise<string>): Promise<string> {
  if (recording === null) return run();
  const startedAt = performance.now();
  const [text] = await Promise.all([run(), sleep(RECORDING_DELAY)]);
  recording?.push({ url, body, startedAt, endedAt: performance.now() });
  return text;
}

async function execute(schema: GraphQLSchema, body: string): Promise<string> {
  const { query, variables } = JSON.parse(body);
  return JSON.stringify(await graphql({ schema, source: query, variableValues: variables }));
}
