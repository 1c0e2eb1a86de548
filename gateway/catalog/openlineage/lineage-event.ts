import { z } from "zod";
import { ClientError } from "../../../shared/errors.ts";

/** A dataset as an event names it, with all its facets: known ones are read where they are needed, others kept. */
export interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
  /** `inputFacets` or `outputFacets`: about this run's use of it. */
  readonly useFacets: Facets;
}

export type Facets = Readonly<Record<string, unknown>>;

interface EventBase {
  /** When it happened, as the sender says. */
  readonly at: Date;
  readonly producer: string;
  /** The event as it came. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A job, with the datasets that the event says it reads and writes. */
interface JobFacts {
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
}

export type RunState = (typeof RUN_STATES)[number];

/** An OpenLineage event (https://openlineage.io/spec/2-0-2/OpenLineage.json), of spec 1.x or 2.x. */
export type LineageEvent =
  | (EventBase &
      JobFacts & {
        readonly kind: "run";
        readonly state: RunState;
        readonly run: { readonly id: string; readonly facets: Facets };
      })
  | (EventBase & JobFacts & { readonly kind: "job" })
  | (EventBase & { readonly kind: "dataset"; readonly dataset: LineageDataset });

const RUN_STATES = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"] as const;

/** Events of one request. */
export const MAX_EVENTS = 1000;
/** Inputs, and as many outputs, of one event. */
const MAX_DATASETS = 500;

const label = z.string().min(1).max(2000);
const facets = z.record(z.string().max(200), z.unknown()).default({});
const dataset = z.looseObject({
  namespace: label,
  name: label,
  facets: facets.nullish(),
  inputFacets: facets.nullish(),
  outputFacets: facets.nullish(),
});
const datasets = z.array(dataset).max(MAX_DATASETS).nullish();
const base = {
  eventTime: z.iso.datetime({ offset: true, local: true }),
  producer: z.string().max(2000).default(""),
};
const job = z.looseObject({ namespace: label, name: label, facets: facets.nullish() });
const runEvent = z.looseObject({
  ...base,
  // Spec 1.x leaves it out where only metadata is sent.
  eventType: z.enum(RUN_STATES).default("OTHER"),
  run: z.looseObject({ runId: z.guid(), facets: facets.nullish() }),
  job,
  inputs: datasets,
  outputs: datasets,
});
const jobEvent = z.looseObject({ ...base, job, inputs: datasets, outputs: datasets });
const datasetEvent = z.looseObject({ ...base, dataset });

/**
 * Reads one event, or a list of them. A facet that nobody here knows is kept.
 *
 * @throws ClientError LINEAGE_EVENT_INVALID that says which event is wrong and where; then none is taken
 */
export function readLineageEvents(body: unknown): readonly LineageEvent[] {
  const list = Array.isArray(body) ? body : [body];
  if (list.length > MAX_EVENTS)
    throw new ClientError("LINEAGE_EVENT_INVALID", `A request may have up to ${MAX_EVENTS} events.`);
  return list.map((item, index) => readEvent(item, Array.isArray(body) ? `event ${index}: ` : ""));
}

function readEvent(value: unknown, place: string): LineageEvent {
  const known = z.record(z.string(), z.unknown()).safeParse(value);
  if (!known.success) throw new ClientError("LINEAGE_EVENT_INVALID", `${place}expected a JSON object`);
  const body = known.data;
  if ("run" in body) {
    const event = parse(runEvent, body, place);
    const run = { id: event.run.runId.toLowerCase(), facets: event.run.facets ?? {} };
    return { kind: "run", state: event.eventType, run, ...baseOf(event, body), ...jobOf(event) };
  }
  if ("job" in body) {
    const event = parse(jobEvent, body, place);
    return { kind: "job", ...baseOf(event, body), ...jobOf(event) };
  }
  if (!("dataset" in body))
    throw new ClientError(
      "LINEAGE_EVENT_INVALID",
      `${place}expected a run event (run, job), a job event (job) or a dataset event (dataset)`,
    );
  const event = parse(datasetEvent, body, place);
  return { kind: "dataset", dataset: datasetOf(event.dataset), ...baseOf(event, body) };
}

function parse<Event>(schema: z.ZodType<Event>, body: object, place: string): Event {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new ClientError("LINEAGE_EVENT_INVALID", place + reasons.slice(0, 10).join("; "));
}

function baseOf(
  event: { readonly eventTime: string; readonly producer: string },
  body: EventBase["body"],
): EventBase {
  // Python's isoformat() leaves out the offset of UTC.
  const text = /([+-]\d\d:?\d\d|Z)$/i.test(event.eventTime) ? event.eventTime : `${event.eventTime}Z`;
  return { at: new Date(text), producer: event.producer, body };
}

function jobOf(event: z.infer<typeof jobEvent>): JobFacts {
  return {
    job: { namespace: event.job.namespace, name: event.job.name, facets: event.job.facets ?? {} },
    inputs: (event.inputs ?? []).map(datasetOf),
    outputs: (event.outputs ?? []).map(datasetOf),
  };
}

function datasetOf(item: z.infer<typeof dataset>): LineageDataset {
  const { namespace, name } = item;
  return {
    namespace,
    name,
    facets: item.facets ?? {},
    useFacets: { ...item.inputFacets, ...item.outputFacets },
  };
}
