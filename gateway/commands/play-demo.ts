import { setTimeout } from "node:timers/promises";
import type { Logger } from "../../shared/log.ts";
import { airflowEvents, DEMO_PIPELINES } from "./demo-pipelines.ts";
import { type DevelopmentIssuer, findPersona, personaToken } from "./development-issuer.ts";
import type { Stoppable } from "./stop-on-signal.ts";

export interface DemoOptions {
  /** Where the gateway and its registry answer. */
  readonly url: string;
  readonly issuer: DevelopmentIssuer;
  readonly deployToken: (domain: string) => Promise<string>;
  readonly log: Pick<Logger, "warn">;
}

/** Milliseconds between two runs of the demo's pipelines: well within the freshness that its products promise. */
const PIPELINE_PAUSE = 15 * 60_000;
const PATIENCE = 10_000;
const APP = "demo-storefront";
/** The first one is slow, for its plan is made then: many more than twenty, or 95 percent would not be in time. */
const PAGES = 100;
const PAGE_PAUSE = 100;

/** As a shop's page shows a customer's orders. */
const APP_QUERY = `query DemoOrderPage($id: ID!) {
  customer(id: $id) { name email orders(first: 3) { nodes { id status items { quantity product { name price } } } } }
}`;

/**
 * Stands in for what surrounds a real mesh, so that a newcomer finds it at work: pipelines that say, as Airflow does, when they
 * loaded the warehouse, now and then every quarter of an hour, and an application, `demo-storefront`, that shows some pages in
 * the first seconds: enough for service levels to be measured by. What fails of it is logged: the mesh does without.
 */
export async function playDemo(options: DemoOptions): Promise<Stoppable> {
  const stopping = new AbortController();
  const warn = (error: unknown) => {
    if (!stopping.signal.aborted) options.log.warn({ err: error }, "the demo could not be played");
  };
  const tokens = new Map<string, string>();
  const runPipelines = () => reportRuns(options, tokens).catch(warn);
  await runPipelines();
  const timer = setInterval(runPipelines, PIPELINE_PAUSE).unref();
  const pages = showPages(options, stopping.signal).catch(warn);
  const stop = async () => {
    clearInterval(timer);
    stopping.abort();
    await pages;
  };
  return { stop };
}

async function reportRuns({ url, deployToken }: DemoOptions, tokens: Map<string, string>): Promise<void> {
  for (const pipeline of DEMO_PIPELINES) {
    const token = tokens.get(pipeline.domain) ?? (await deployToken(pipeline.domain));
    tokens.set(pipeline.domain, token);
    for (const event of airflowEvents(pipeline, Date.now()))
      await post(`${url}/api/v1/lineage`, token, event);
  }
}

async function showPages({ url, issuer }: DemoOptions, signal: AbortSignal): Promise<void> {
  const token = await issuer.token({ ...personaToken(findPersona("storefront"), "5m"), subject: APP });
  const client = { "apollographql-client-name": APP, "apollographql-client-version": "1.0" };
  for (let page = 1; page <= PAGES; page += 1) {
    const variables = { id: `C${String(page).padStart(4, "0")}` };
    await post(`${url}/graphql`, token, { query: APP_QUERY, variables }, client);
    await setTimeout(PAGE_PAUSE, undefined, { signal });
  }
}

async function post(url: string, token: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
}
