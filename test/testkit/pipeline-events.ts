import { randomUUID } from "node:crypto";

/** Events as the OpenLineage integrations of Airflow, dbt and Spark send them: same keys, facets and habits. */
export type PipelineEvent = Readonly<Record<string, unknown>>;

export interface LoadedTable {
  readonly namespace: string;
  readonly name: string;
  /** Output column → the columns of `source` that it is computed from. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  readonly rows?: number;
}

export interface AirflowRun {
  readonly dag: string;
  readonly task: string;
  readonly source: { readonly namespace: string; readonly name: string };
  readonly output: LoadedTable;
  /** When the task ends; milliseconds since the epoch. */
  readonly at?: number;
  readonly outcome?: "COMPLETE" | "FAIL";
  /** Of the task's data tests. */
  readonly assertions?: readonly { assertion: string; success: boolean; column?: string }[];
}

const SPEC = "https://openlineage.io/spec";
const AIRFLOW = "https://github.com/apache/airflow/tree/providers-openlineage/2.2.0";

/** A DAG run with one task: START and end of both, in the order in which Airflow sends them. */
export function airflowRun(run: AirflowRun): readonly PipelineEvent[] {
  const { dag, task, source, output, at = Date.now(), outcome = "COMPLETE" } = run;
  const dagRun = randomUUID();
  const taskRun = randomUUID();
  const time = (before: number) => new Date(at - before).toISOString().replace("Z", "+00:00");
  const dagEvent = (eventType: string, before: number) => ({
    eventType,
    eventTime: time(before),
    producer: AIRFLOW,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    inputs: [],
    outputs: [],
    run: { runId: dagRun, facets: airflowRunFacets(dag) },
    job: { namespace: "airflow", name: dag, facets: jobType("DAG") },
  });
  const taskEvent = (eventType: string, before: number, datasets: object) => ({
    eventType,
    eventTime: time(before),
    producer: AIRFLOW,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: {
      runId: taskRun,
      facets: {
        ...airflowRunFacets(dag),
        parent: {
          ...facet("1-1-0/ParentRunFacet.json"),
          job: { namespace: "airflow", name: dag },
          run: { runId: dagRun },
        },
      },
    },
    job: { namespace: "airflow", name: `${dag}.${task}`, facets: jobType("TASK") },
    ...datasets,
  });
  return [
    dagEvent("START", 30),
    taskEvent("START", 20, { inputs: [], outputs: [] }),
    taskEvent(outcome, 10, {
      inputs: [inputOf(source, run.assertions)],
      outputs: [outputOf(source, output)],
    }),
    dagEvent(outcome, 0),
  ];
}

/** A model that dbt builds, with the tests that dbt runs on it. */
export function dbtRun(model: LoadedTable, source: AirflowRun["source"]): readonly PipelineEvent[] {
  const run = { runId: randomUUID(), facets: { dbt_version: { ...facet("dbt"), version: "1.9.1" } } };
  const base = {
    producer: "https://github.com/OpenLineage/OpenLineage/tree/1.38.0/integration/dbt",
    run,
    job: { namespace: "dbt", name: "shop.marts.orders.build.run", facets: jobType("MODEL") },
    inputs: [{ ...source, facets: {} }],
    outputs: [outputOf(source, model)],
  };
  // dbt's wrapper writes times without an offset.
  const time = () => new Date().toISOString().replace("Z", "000");
  return [
    { ...base, eventType: "START", eventTime: time() },
    { ...base, eventType: "COMPLETE", eventTime: time() },
    {
      ...base,
      eventType: "COMPLETE",
      eventTime: time(),
      run: { runId: randomUUID(), facets: {} },
      job: { namespace: "dbt", name: "shop.marts.orders.build.test" },
      inputs: [inputOf(model, [{ assertion: "not_null", success: true, column: "id" }])],
      outputs: [],
    },
  ];
}

/** A job of Spark: several events of one run, each with the query's plan, which is long. */
export function sparkRun(output: LoadedTable, source: AirflowRun["source"]): readonly PipelineEvent[] {
  const runId = randomUUID();
  const event = (eventType: string, outputs: readonly object[]) => ({
    eventType,
    eventTime: new Date().toISOString(),
    producer: "https://github.com/OpenLineage/OpenLineage/tree/1.38.0/integration/spark",
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: {
      runId,
      facets: {
        "spark.logicalPlan": { ...facet("spark"), plan: [{ class: "Project", text: "x".repeat(60_000) }] },
        spark_properties: { ...facet("spark"), properties: { "spark.master": "local" } },
      },
    },
    job: { namespace: "spark", name: "load_orders.execute_insert_into_hadoop_fs_relation_command" },
    inputs: eventType === "START" ? [{ ...source, facets: {} }] : [],
    outputs,
  });
  return [
    event("START", [outputOf(source, output)]),
    event("RUNNING", []),
    // The last event of a run may say nothing of what the first one told.
    event("COMPLETE", []),
  ];
}

function airflowRunFacets(dag: string): object {
  return {
    nominalTime: { ...facet("1-0-1/NominalTimeRunFacet.json"), nominalStartTime: "2026-06-30T00:00:00Z" },
    processing_engine: { ...facet("1-1-1/ProcessingEngineRunFacet.json"), version: "3.0.2", name: "Airflow" },
    airflowDagRun: {
      ...facet("airflow"),
      dag: { dag_id: dag, timetable: {} },
      dagRun: { run_type: "scheduled" },
    },
  };
}

function jobType(type: string): object {
  return {
    jobType: {
      ...facet("2-0-3/JobTypeJobFacet.json"),
      processingType: "BATCH",
      integration: "AIRFLOW",
      jobType: type,
    },
  };
}

function inputOf(source: AirflowRun["source"], assertions: AirflowRun["assertions"]): object {
  const { namespace, name } = source;
  return {
    namespace,
    name,
    facets: { schema: { ...facet("1-1-1/SchemaDatasetFacet.json"), fields: [{ name: "id", type: "TEXT" }] } },
    ...(assertions
      ? {
          inputFacets: {
            dataQualityAssertions: { ...facet("1-0-1/DataQualityAssertionsDatasetFacet.json"), assertions },
          },
        }
      : {}),
  };
}

function outputOf(
  source: AirflowRun["source"],
  { namespace, name, columns = {}, rows }: LoadedTable,
): object {
  const fields = Object.entries(columns).map(([column, from]) => [
    column,
    { inputFields: from.map((field) => ({ namespace: source.namespace, name: source.name, field })) },
  ]);
  return {
    namespace,
    name,
    facets: {
      ...(fields.length > 0
        ? {
            columnLineage: {
              ...facet("1-2-0/ColumnLineageDatasetFacet.json"),
              fields: Object.fromEntries(fields),
            },
          }
        : {}),
    },
    outputFacets:
      rows === undefined
        ? {}
        : {
            outputStatistics: { ...facet("1-0-2/OutputStatisticsOutputDatasetFacet.json"), rowCount: rows },
          },
  };
}

function facet(schema: string): object {
  return { _producer: AIRFLOW, _schemaURL: `${SPEC}/facets/${schema}` };
}
