import { setTimeout as pause } from "node:timers/promises";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, serveSubgraphs } from "../testkit/small-mesh.ts";
import { startSteadyLoad } from "../testkit/steady-load.ts";
import type { Figure } from "./figures.ts";

/** Requests a second. */
const PER_SECOND = 50;
const WORKERS = 2;
const HELLO = '{"data":{"hello":"hi"}}';

/**
 * Replaces every worker of a gateway, one after the other, so many times, while requests go on (hardening 112).
 *
 * @param rounds each is a restart of {@link WORKERS} processes
 */
export async function measureRollingRestarts({
  rounds,
}: {
  readonly rounds: number;
}): Promise<readonly Figure[]> {
  const subgraphs = await serveSubgraphs({
    greeter: { sdl: "type Query { hello: String }", resolvers: { Query: { hello: () => "hi" } } },
  });
  const gateway = await ServeProcess.start({
    supergraphSdl: composeOurs(subgraphs.sources),
    config: { workers: WORKERS, shutdown: { delayMs: 300, graceMs: 4000 } },
  });
  try {
    const load = startSteadyLoad(PER_SECOND, () => ask(gateway.url));
    for (let round = 1; round <= rounds; round += 1) {
      gateway.child.kill("SIGHUP");
      while (gateway.logged("all workers are replaced").length < round) await pause(50);
    }
    const { sent, rate, failed, took } = await load.stop();
    const longest = took.at(-1) ?? Number.NaN;
    const [first] = failed;
    const cause = first === undefined ? "" : `; the first: ${String(first)}`;
    return [
      {
        what: `${rounds * WORKERS} rolling restarts: requests of ${sent} that failed, the longest took ${longest.toFixed(0)} ms${cause}`,
        value: failed.length,
        unit: "requests",
        goal: { atMost: 0 },
      },
      {
        what: "rolling restarts: requests a second meanwhile",
        value: rate,
        unit: "requests",
        goal: { atLeast: PER_SECOND - 1 },
      },
      {
        what: "rolling restarts: processes that served",
        value: gateway.logged("serving").length,
        unit: "processes",
        goal: { atLeast: WORKERS * (rounds + 1) },
      },
    ];
  } finally {
    await gateway.stop();
    await subgraphs.stop();
  }
}

/** What went wrong, or null. */
async function ask(url: string): Promise<string | null> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"query":"{ hello }"}',
  });
  const text = await response.text();
  return text === HELLO ? null : text;
}
