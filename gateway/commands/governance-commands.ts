import { type Command, Option } from "commander";
import { FORMATS, report } from "./report.ts";

/** Adds `dpg explain`: what is decided, and why. */
export function addGovernanceCommands(program: Command): void {
  program
    .command("explain")
    .description(
      "what the gateway would do with an operation, for whom, and by which rule; nothing is executed",
    )
    .argument("<query>", "text of the operation, - for standard input")
    .option("--persona <name>", "for a persona of the development issuer")
    .option("--token <token>", "for the bearer of this token; without either for nobody")
    .option("--purpose <purpose>", "the request's purpose, where the token leaves a choice")
    .option(
      "--as <json>",
      'as the governance team: for somebody with {"scopes": […], "purpose": …, "claims": {…}}',
    )
    .option("--variables <json>", "variables, as a JSON object")
    .option("--operation-name <name>", "which operation of the text")
    .option(
      "--supergraph <file>",
      "against this file instead of DPG_GATEWAY_URL (default: the local gateway)",
    )
    .option("--config <file>", "gateway.yaml that goes with the file")
    .addOption(new Option("--format <format>", "how to print").choices(FORMATS).default("text"))
    .action((query, options) =>
      report({ format: options.format }, async () =>
        (await import("./explain.ts")).explainCommand(query, options, process.env),
      ),
    );
}
