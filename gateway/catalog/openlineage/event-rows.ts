import type { LineageDataset, LineageEvent, RunState } from "./lineage-event.ts";
import { readAssertions, readColumnLineage, readRowCount } from "./read-facets.ts";

/** What events mean for each table; every key once, as two rows of one statement may not have the same. */
export interface Rows {
  readonly runs: readonly RunRow[];
  readonly datasets: readonly DatasetRow[];
  readonly outputs: readonly { readonly run_id: string; readonly namespace: string; readonly name: string }[];
  readonly edges: readonly EdgeRow[];
  readonly assertions: readonly AssertionRow[];
}

interface RunRow {
  readonly id: string;
  readonly job_namespace: string;
  readonly job_name: string;
  readonly state: RunState;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly facets: object;
}

interface DatasetRow {
  readonly namespace: string;
  readonly name: string;
  readonly facets: object;
  readonly row_count: number | null;
}

interface EdgeRow {
  readonly from_namespace: string;
  readonly from_name: string;
  readonly from_field: string;
  readonly to_namespace: string;
  readonly to_name: string;
  readonly to_field: string;
  readonly kind: string;
  readonly masking: boolean;
  readonly job: string;
}

interface AssertionRow {
  readonly namespace: string;
  readonly name: string;
  readonly assertion: string;
  readonly column_name: string;
  readonly at: string;
  readonly success: boolean;
}

const ENDED: ReadonlySet<RunState> = new Set(["COMPLETE", "ABORT", "FAIL"]);
/** Facets of datasets that are kept with them; what else an event says stays in the event. */
const KEPT_FACETS = [
  "schema",
  "dataSource",
  "documentation",
  "ownership",
  "version",
  "datasetType",
  "storage",
];

/**
 * The rows of a request's events.
 *
 * @param now milliseconds since the epoch: nothing is newer than that, whatever the sender's clock says
 */
export function eventRows(events: readonly LineageEvent[], now: number): Rows {
  const ordered = [...events].sort((a, b) => a.at.getTime() - b.at.getTime());
  const runs = new Map<string, RunRow>();
  const datasets = new Map<string, DatasetRow>();
  const outputs = new Map<string, Rows["outputs"][number]>();
  const edges = new Map<string, EdgeRow>();
  const assertions = new Map<string, AssertionRow>();
  for (const event of ordered) {
    const at = new Date(Math.min(event.at.getTime(), now)).toISOString();
    if (event.kind === "run") addRun(runs, event, at);
    for (const item of datasetsOf(event)) {
      const key = keyOf(item);
      datasets.set(key, datasetRow(item, datasets.get(key)));
      for (const row of assertionRows(item, at))
        assertions.set(JSON.stringify({ ...row, success: null }), row);
    }
    if (event.kind === "run")
      for (const { namespace, name } of event.outputs)
        outputs.set(JSON.stringify([event.run.id, namespace, name]), {
          run_id: event.run.id,
          namespace,
          name,
        });
    for (const row of edgeRows(event)) edges.set(edgeKey(row), row);
  }
  return {
    runs: [...runs.values()],
    datasets: [...datasets.values()],
    outputs: [...outputs.values()],
    edges: [...edges.values()],
    assertions: [...assertions.values()],
  };
}

function addRun(
  runs: Map<string, RunRow>,
  { run, job, state }: Extract<LineageEvent, { kind: "run" }>,
  at: string,
): void {
  const known = runs.get(run.id);
  const isEnd = ENDED.has(state);
  runs.set(run.id, {
    id: run.id,
    job_namespace: job.namespace,
    job_name: job.name,
    state: known?.ended_at && !isEnd ? known.state : state,
    started_at: known?.started_at ?? (isEnd ? null : at),
    ended_at: isEnd ? at : (known?.ended_at ?? null),
    facets: { ...known?.facets, ...pick(run.facets, ["nominalTime", "parent", "errorMessage"]) },
  });
}

function datasetsOf(event: LineageEvent): readonly LineageDataset[] {
  return event.kind === "dataset" ? [event.dataset] : [...event.inputs, ...event.outputs];
}

function datasetRow(item: LineageDataset, known: DatasetRow | undefined): DatasetRow {
  const { namespace, name } = item;
  return {
    namespace,
    name,
    facets: { ...known?.facets, ...pick(item.facets, KEPT_FACETS) },
    row_count: readRowCount(item) ?? known?.row_count ?? null,
  };
}

function assertionRows(item: LineageDataset, at: string): readonly AssertionRow[] {
  const { namespace, name } = item;
  return readAssertions(item).map(({ assertion, column, success }) => ({
    namespace,
    name,
    assertion,
    column_name: column ?? "",
    at,
    success,
  }));
}

/** Columns where the sender knows them, else datasets: every input of a job may be in every output. */
function edgeRows(event: LineageEvent): readonly EdgeRow[] {
  if (event.kind === "dataset") return columnEdges(event.dataset, "");
  const job = `${event.job.namespace}/${event.job.name}`;
  return event.outputs.flatMap((output) => [
    ...columnEdges(output, job),
    ...event.inputs.map((input) => edge({ namespace: input.namespace, name: input.name }, output, job)),
  ]);
}

function columnEdges(output: LineageDataset, job: string): readonly EdgeRow[] {
  return readColumnLineage(output.facets).map(({ column, field, kind, masking, ...from }) => ({
    ...edge(from, output, job),
    from_field: field,
    to_field: column ?? "",
    kind,
    masking,
  }));
}

type Place = Pick<LineageDataset, "namespace" | "name">;

function edge(from: Place, to: Place, job: string): EdgeRow {
  return {
    from_namespace: from.namespace,
    from_name: from.name,
    from_field: "",
    to_namespace: to.namespace,
    to_name: to.name,
    to_field: "",
    kind: "",
    masking: false,
    job,
  };
}

function edgeKey({ kind: _kind, masking: _masking, job: _job, ...key }: EdgeRow): string {
  return JSON.stringify(key);
}

function keyOf({ namespace, name }: Place): string {
  return JSON.stringify([namespace, name]);
}

/** A facet longer than this many characters is not kept with its dataset or run. */
const FACET_LENGTH = 100_000;

function pick(facets: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(
    names.flatMap((name) => {
      const facet = facets[name];
      return facet === undefined || JSON.stringify(facet).length > FACET_LENGTH ? [] : [[name, facet]];
    }),
  );
}
