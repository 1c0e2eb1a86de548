import { type Command, Option } from "commander";
import type { DevOptions } from "./dev.ts";
import { withExamples } from "./examples.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

/** Adds `dpg dev`. */
export function addDevCommand(program: Command): void {
  withExamples(
    program.command("dev"),
    "dpg dev --name shipping --schema subgraphs/shipping/schema.graphql --url http://127.0.0.1:4104/graphql",
  )
    .description("serve one local subgraph with the published rest; compose on every save")
    .requiredOption("--name <name>", "name of the subgraph")
    .requiredOption("--schema <file>", "file of its schema, which is watched")
    .requiredOption("--url <url>", "where it answers on this machine")
    .option("--port <number>", "port of the local gateway", Number, 4400)
    .option("--config <file>", "gateway.yaml")
    .addOption(
      new Option("--format <format>", "how to speak; json is one line for each composition")
        .choices(["text", "json"])
        .default("text"),
    )
    .action(async (options: DevOptions & { format: "text" | "json" }) => {
      const { dev } = await import("./dev.ts");
      const { readingAccess } = await import("./registry-client.ts");
      const { tellOutcome } = await import("./report.ts");
      const tell = tellOutcome(options.format);
      stopOnSignal(await dev(options, readingAccess(process.env), process.env, tell));
    });
}
