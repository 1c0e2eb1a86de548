import { type Command, Option } from "commander";
import { withExamples } from "./examples.ts";
import { reportFromRegistry } from "./report-from-registry.ts";
import { withFormat } from "./with-format.ts";

/** Adds `dpg alerts …`, what is wrong with data products and who is told, and `dpg lineage export`. */
export function addAlertCommands(program: Command): void {
  const alerts = program
    .command("alerts")
    .description(
      "what is wrong with data products, and who is told (your domain's; all for the governance team)",
    );
  withExamples(withFormat(alerts.command("list")), "dpg alerts list", "dpg alerts list --all --format json")
    .description("list what is wrong now, the newest first")
    .option("--all", "also what is over", false)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./alerts.ts")).listAlerts(access, options.all),
      ),
    );
  withFormat(alerts.command("ack"))
    .description("say that you look after an alert")
    .argument("<number>", "number of the alert")
    .action((number, options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./alerts.ts")).acknowledgeAlert(access, number),
      ),
    );
  withExamples(
    withFormat(alerts.command("silence")),
    "dpg alerts silence --product order.orders --for 2h --reason 'the warehouse moves'",
  )
    .description("tell nobody of a product's alerts for some time")
    .requiredOption("--product <id>", "such as order.orders")
    .requiredOption("--for <span>", "how long, such as 30m, 2h or 7d")
    .requiredOption("--reason <text>", "why; it is recorded")
    .addOption(
      new Option("--kind <kind>", "only of this kind").choices([
        "AVAILABILITY",
        "LATENCY",
        "ERROR_RATE",
        "FRESHNESS",
        "QUALITY",
      ]),
    )
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./alerts.ts")).silenceAlerts(access, options),
      ),
    );
  alerts
    .command("rules")
    .description("print Prometheus alerting rules over the metrics of /registry/v1/quality/metrics")
    .action(async () => {
      const { prometheusRules } = await import("../catalog/alerts/prometheus-rules.ts");
      process.stdout.write(prometheusRules());
    });
  addWebhookCommands(alerts.command("webhook").description("where alerts are sent"));
  withExamples(
    withFormat(program.command("lineage").description("lineage for other tools").command("export")),
    "dpg lineage export --authority data.example.com > lineage.ndjson",
  )
    .description("print the mesh as OpenLineage events, a JSON object a line")
    .option("--authority <host>", "names the graph: graphql://<host>", "localhost")
    .option("--days <number>", "operations of how many days", Number, 1)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./alerts.ts")).exportLineage(access, options),
      ),
    );
}

function addWebhookCommands(webhook: Command): void {
  withExamples(
    withFormat(webhook.command("add")),
    "dpg alerts webhook add --url https://hooks.example.com/data",
    "dpg alerts webhook add --url https://hooks.slack.com/services/… --type slack",
  )
    .description("send your domain's alerts there; the secret that signs them is printed this once")
    .requiredOption("--url <url>", "https: address of the service")
    .addOption(new Option("--type <type>", "what it takes").choices(["json", "slack"]).default("json"))
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./alerts.ts")).addWebhook(access, options),
      ),
    );
  withFormat(webhook.command("list"))
    .description("list your domain's webhooks")
    .action((options) =>
      reportFromRegistry(options, async (access) => (await import("./alerts.ts")).listWebhooks(access)),
    );
  withFormat(webhook.command("remove"))
    .description("send nothing there any more")
    .argument("<id>", "id of the webhook")
    .action((id, options) =>
      reportFromRegistry(options, async (access) => (await import("./alerts.ts")).removeWebhook(access, id)),
    );
}
