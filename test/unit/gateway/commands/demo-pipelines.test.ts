import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eventRows } from "../../../../gateway/catalog/openlineage/event-rows.ts";
import { readLineageEvents } from "../../../../gateway/catalog/openlineage/lineage-event.ts";
import { airflowEvents, DEMO_PIPELINES } from "../../../../gateway/commands/demo-pipelines.ts";

const AT = Date.parse("2026-06-30T12:00:00Z");

describe("the demo's pipelines", () => {
  test.each(DEMO_PIPELINES)(
    "$dag is told as a run of Airflow that writes its table, column by column",
    (pipeline) => {
      const rows = eventRows(readLineageEvents(airflowEvents(pipeline, AT)), AT);
      expect(rows.runs.map(({ job_name, state }) => [job_name, state])).toEqual([
        [pipeline.dag, "COMPLETE"],
        [`${pipeline.dag}.${pipeline.task}`, "COMPLETE"],
      ]);
      expect(rows.outputs).toMatchObject([pipeline.output]);
      const columns = rows.edges.filter(({ to_field }) => to_field !== "");
      expect(Object.fromEntries(columns.map((edge) => [edge.to_field, edge.from_field]))).toEqual(
        pipeline.columns,
      );
    },
  );

  test("load every column that the demo's domains come from, and are known by name to be a demo's", () => {
    const loaded = DEMO_PIPELINES.flatMap(({ output, columns }) =>
      Object.keys(columns).map((column) => `${output.namespace}/${output.name}#${column}`),
    );
    const stated = ["customer", "product"].flatMap((domain) => {
      const file = new URL(`../../../../subgraphs/${domain}/schema.graphql`, import.meta.url);
      return [...readFileSync(file, "utf8").matchAll(/@lineage\(from: "([^"]+)"/g)].map(
        ([, source]) => source,
      );
    });
    expect(stated).toHaveLength(10);
    expect(loaded).toEqual(expect.arrayContaining(stated));
    for (const { dag, output } of DEMO_PIPELINES) {
      expect(dag).toMatch(/^demo_/);
      expect(output.namespace).toContain("demo");
    }
  });
});
