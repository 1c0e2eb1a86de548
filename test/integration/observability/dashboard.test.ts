import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { qualityMetrics } from "../../../gateway/catalog/quality/quality-metrics.ts";
import { readConfig } from "../../../gateway/config.ts";
import { type Gateway, startGateway } from "../../../gateway/gateway.ts";
import { createLog } from "../../../shared/log.ts";
import { ROOT } from "../../testkit/run-command.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { signedFeed } from "../../testkit/signed-feed.ts";
import { composeOurs } from "../../testkit/small-mesh.ts";
import { startRegistry } from "../../testkit/start-registry.ts";

const read = (file: string) => readFileSync(join(ROOT, ".observability", file), "utf8");

const dashboard = z.object({
  uid: z.string(),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), query: z.object({ query: z.string() }) })),
  }),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string().min(1),
      gridPos: z.object({ h: z.int(), w: z.int(), x: z.int(), y: z.int() }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string() })).default([]),
    }),
  ),
});
const alerts = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
          annotations: z.strictObject({ summary: z.string(), action: z.string() }),
        }),
      ),
    }),
  ),
});
const scrape = z.looseObject({
  rule_files: z.array(z.string()),
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      metrics_path: z.string(),
      authorization: z.strictObject({ credentials_file: z.string() }).optional(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })),
    }),
  ),
});

const board = dashboard.parse(JSON.parse(read("dashboard.json")));
const rules = alerts.parse(parse(read("alerts.yml"))).groups.flatMap((group) => group.rules);
const expressions = [
  ...board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
];

/** As Grafana fills in its variables. */
const filled = (expression: string) =>
  expression.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*");

/** The metrics that an expression names; null where it is no PromQL. */
function metricsOf(expression: string): readonly string[] | null {
  const text = filled(expression);
  const found: string[] = [];
  let isValid = true;
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) isValid = false;
      if (type.name === "Identifier" && /^(?:dpg|nodejs|process|up)/.test(text.slice(from, to)))
        found.push(text.slice(from, to));
    },
  });
  return isValid ? found : null;
}

let gateway: Gateway;
let printed: ReadonlySet<string>;
let printedByRegistry: ReadonlySet<string>;
const cleanUp: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  const folder = await scratchDirectory((remove) => cleanUp.push(remove));
  const { feed, publicKey, publish } = signedFeed();
  publish(composeOurs([{ name: "a", sdl: "type Query { hello: String }", url: "http://127.0.0.1:1/" }]));
  const config = readConfig(null, {});
  gateway = await startGateway({
    config: { ...config, port: 0, audit: { ...config.audit, directory: join(folder, "audit") } },
    follow: { feed, publicKey, lastGoodFile: join(folder, "last-good.json"), pollMs: 60_000 },
    usage: async () => {},
    log: createLog({ name: "gateway", level: "silent" }),
  });
  cleanUp.push(() => gateway.stop());
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  printed = namesOf(text);
  const tested = await startRegistry();
  cleanUp.push(tested.stop);
  printedByRegistry = namesOf((await qualityMetrics(tested.registry.store.pool)).text);
});
afterAll(async () => {
  for (const act of cleanUp.reverse()) await act();
});

function namesOf(text: string): ReadonlySet<string> {
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    types.flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

describe("the dashboard and the alerts", () => {
  test("have something to say of every part", () => {
    expect(board.panels.length).toBeGreaterThan(20);
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
  });

  test.each(expressions)("%s: is PromQL over metrics that its job prints: %s", (_name, expression) => {
    const known = expression.includes(`job="registry"`) ? printedByRegistry : printed;
    const names = metricsOf(expression);
    expect(names).not.toBeNull();
    expect(names).not.toEqual([]);
    for (const name of names ?? []) if (name !== "up") expect([...known]).toContain(name);
  });

  test.each([["sum(rate(dpg_nothing_total[5m]))"], ["sum(rate(dpg_graphql_requests_total[5m])"]])(
    "%s would be found",
    (expression) => {
      const names = metricsOf(expression);
      expect(names === null || names.some((name) => !printed.has(name))).toBe(true);
    },
  );
});

test("README lists no metric that is not printed", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const told = readme.slice(readme.indexOf("### What it tells of itself"), readme.indexOf("## Security"));
  const listed = new Set(told.match(/\bdpg_[a-z_]+\b/g));
  const own = new Set(
    [...printed]
      .filter((name) => name.startsWith("dpg_"))
      .map((name) => name.replace(/_(?:bucket|sum|count)$/, "")),
  );
  expect(listed.size).toBeGreaterThan(30);
  expect([...listed].filter((name) => !own.has(name))).toEqual([]);
});

describe("the files of Prometheus and Grafana", () => {
  const compose = parse(readFileSync(join(ROOT, "docker-compose.yml"), "utf8"), { merge: true });

  test("are mounted where those look for them", () => {
    const mounts: readonly string[] = [
      ...compose.services.prometheus.volumes,
      ...compose.services.grafana.volumes,
    ];
    const files = mounts.flatMap((mount) => /^\.\/(\S+?):/.exec(mount)?.[1] ?? []);
    expect(files.length).toBe(5);
    for (const file of files) expect(existsSync(join(ROOT, file))).toBe(true);
  });

  test("ask the gateway and the registry of compose at their addresses, with the jobs that the expressions name", () => {
    const { rule_files, scrape_configs } = scrape.parse(parse(read("prometheus.yml")));
    expect(rule_files).toEqual(["alerts.yml"]);
    expect(scrape_configs).toMatchObject([
      { job_name: "gateway", metrics_path: "/metrics", static_configs: [{ targets: ["gateway:4000"] }] },
      {
        job_name: "registry",
        metrics_path: "/registry/v1/quality/metrics",
        static_configs: [{ targets: ["registry:4000"] }],
      },
    ]);
    // The token is where the preparation of the registry writes it, in a volume that only those two have.
    expect(scrape_configs[1]?.authorization).toEqual({ credentials_file: "/secrets/metrics/token" });
    expect(compose.services.prometheus.volumes).toContain("metrics-token:/secrets/metrics:ro");
    expect(compose.services.registry.environment.PORT).toBe("4000");
    expect(compose.services.gateway.environment.DPG_PORT).toBe("4000");
    expect(parse(read("grafana-datasource.yml")).datasources).toMatchObject([
      { uid: "prometheus", url: "http://prometheus:9090" },
    ]);
    expect(parse(read("grafana-dashboards.yml")).providers[0].options.path).toBe("/etc/grafana/dashboards");
  });

  test("are served to this machine only, and start only when they are asked for", () => {
    for (const name of ["prometheus", "grafana"]) {
      expect(compose.services[name].profiles).toEqual(["observability"]);
      for (const port of compose.services[name].ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });
});
