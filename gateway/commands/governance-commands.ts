import type { Command } from "commander";
import { report } from "./report.ts";
import { withFormat } from "./with-format.ts";

/** Adds `dpg explain`, what is decided and why, and `dpg governance simulate`, what a change would do to whom. */
export function addGovernanceCommands(program: Command): void {
  addExplain(program);
  addSimulate(
    program.command("governance").description("what the governance team asks before it changes a rule"),
  );
}

function addExplain(program: Command): void {
  withFormat(program.command("explain"))
    .description(
      "what the gateway would do with an operation, for whom, and by which rule; nothing is executed",
    )
    .argument("<query>", "text of the operation, - for standard input")
    .option("--persona <name>", "for a persona of the development issuer")
    .option("--token <token>", "for the bearer of this token; without either for nobody")
    .option("--purpose <purpose>", "the request's purpose, where the token leaves a choice")
    .option(
      "--as <who>",
      'a persona or a token; as the governance team also anonymous, or {"scopes": […], "purpose": …, "claims": {…}}',
    )
    .option("--variables <json>", "variables, as a JSON object")
    .option("--operation-name <name>", "which operation of the text")
    .option(
      "--supergraph <file>",
      "against this file instead of DPG_GATEWAY_URL (default: the local gateway)",
    )
    .option("--config <file>", "gateway.yaml that goes with the file")
    .action((query, options) =>
      report({ format: options.format }, async () =>
        (await import("./explain.ts")).explainCommand(query, options, process.env),
      ),
    );
}

function addSimulate(governance: Command): void {
  withFormat(governance.command("simulate"))
    .description(
      "replay recorded operations: which application would lose or gain which field, or get it masked",
    )
    .option("--name <subgraph>", "the changed subgraph")
    .option("--schema <file>", "its schema, - for standard input")
    .option("--candidate <file>", "or a whole candidate supergraph")
    .option(
      "--supergraph <file>",
      "what is served now; default: what the registry (DPG_REGISTRY_URL) has published",
    )
    .option("--config <file>", "or the subgraphs of a supergraph.yaml")
    .option(
      "--operations <file>",
      "recorded operations, one JSON object a line; default: those of the registry",
    )
    .option("--days <number>", "how far back in the registry", Number, 30)
    .option("--on <day>", "the day to judge the change on, such as 2027-01-01; default: today")
    .option(
      "--allow-policy <name>",
      "a policy that counts as met; the others refuse (repeatable)",
      append,
      [],
    )
    .action((options) =>
      report({ format: options.format }, async () =>
        (await import("./simulate.ts")).simulateCommand(options, process.env),
      ),
    );
}

function append(value: string, known: readonly string[]): readonly string[] {
  return [...known, value];
}
