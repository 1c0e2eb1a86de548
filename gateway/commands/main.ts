import addCompletion from "@bomb.sh/tab/commander";
import { Command } from "commander";
import { ClientError, ERROR_CODES, explainError, isErrorCode } from "../../shared/errors.ts";
import { addAlertCommands } from "./alert-commands.ts";
import { addAuditCommands } from "./audit-commands.ts";
import { addDevCommand } from "./dev-command.ts";
import { withExamples } from "./examples.ts";
import { addGovernanceCommands } from "./governance-commands.ts";
import { printError } from "./print.ts";
import { addProductCommands } from "./product-commands.ts";
import { addRegistryCommands } from "./registry-commands.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

// Each command imports what it needs when it runs, so that a token does not wait for a composer.
const program = new Command("dpg")
  .description(
    "The data product gateway: serve a governed supergraph, compose, publish, and issue development tokens.",
  )
  .showHelpAfterError("(run with --help for the options)")
  .configureHelp({ showGlobalOptions: true });

withExamples(
  program.command("serve"),
  "dpg serve --supergraph supergraph.graphql --port 4000",
  "dpg serve --registry https://registry.example.com --registry-key registry.pem",
)
  .description("serve a supergraph file, or follow a registry; needs no database")
  .option("--supergraph <file>", "supergraph SDL of any Federation 2 composer, or an artifact of ours")
  .option("--registry <url>", "instead: follow this registry, as the bearer of DPG_TOKEN")
  .option("--registry-key <file>", "the registry's public key (dpg registry key)")
  .option("--token-file <file>", "its deploy token, instead of DPG_TOKEN")
  .option("--port <number>", "port to listen on", Number)
  .option("--config <file>", "gateway.yaml")
  .action(async (options) => {
    const { serve } = await import("./serve.ts");
    const serving = await serve(options, process.env);
    stopOnSignal(serving, serving.stopsWithinMs);
  });

withExamples(
  program.command("token"),
  "dpg token --persona analyst",
  "dpg token --sub ada --scopes 'customer:pii' --purpose support --expires 1h",
  "dpg token --deploy shipping",
)
  .description("print one token of the development issuer")
  .option("--persona <name>", "storefront, analyst, support-emea or steward")
  .option("--sub <subject>", "subject, instead of a persona")
  .option("--scopes <list>", "scopes separated by spaces")
  .option("--purpose <purpose>", "the purpose of the token's requests")
  .option("--claims <json>", "more claims, as a JSON object")
  .option("--expires <span>", "how long it holds", "12h")
  .option(
    "--deploy <domain>",
    "a deploy token of the development registry for the domain's subgraphs, instead",
  )
  .action(async (options) => {
    if (options.deploy !== undefined) return printDeployToken(options.deploy, options.expires);
    const { createToken } = await import("./token.ts");
    process.stdout.write(`${await createToken(options, process.env.DPG_DATA_DIR ?? ".data")}\n`);
  });

const subgraph = program.command("subgraph").description("work with one domain's subgraph");

withExamples(subgraph.command("new"), "dpg subgraph new shipping --join Order.shipment")
  .description("scaffold subgraphs/<domain>: it composes and serves without an edit")
  .argument("<domain>", "name of the domain")
  .option("--join <Type.field>", "a field that it adds to another domain's entity, such as Order.shipment")
  .action(async (domain: string, { join }: { join?: string }) => {
    const { scaffold } = await import("./scaffold.ts");
    const { parseJoin } = await import("./scaffold-join.ts");
    const files = scaffold(domain, process.cwd(), join === undefined ? null : parseJoin(join));
    process.stdout.write(`${files.join("\n")}\n`);
  });

withExamples(subgraph.command("serve"), "dpg subgraph serve shipping --port 4104")
  .description("serve subgraphs/<domain> on this machine, for the local gateway")
  .argument("<domain>", "name of the domain")
  .requiredOption("--port <number>", "port to listen on", Number)
  .action(async (domain: string, { port }: { port: number }) => {
    const { serveSubgraph } = await import("./serve-subgraph.ts");
    stopOnSignal(serveSubgraph(domain, port, process.env));
  });

const supergraph = program.command("supergraph").description("work with whole supergraphs");

withExamples(
  supergraph.command("compose"),
  "dpg supergraph compose --config supergraph.yaml --output supergraph.graphql",
)
  .description("compose subgraphs to one governed supergraph")
  .requiredOption("--config <file>", "supergraph.yaml, in Rover's format")
  .option("--output <file>", "write there instead of to standard output")
  .option("--artifact", "the whole artifact (SDL, governance manifest, hashes) as JSON", false)
  .action(async (options) => {
    const { composeCommand } = await import("./compose.ts");
    composeCommand(options);
  });

addDevCommand(program);
addRegistryCommands(program, { subgraph, supergraph });
addAuditCommands(program);
addGovernanceCommands(program);
addProductCommands(program);
addAlertCommands(program);

withExamples(program.command("error"), "dpg error GOVERNANCE_LOOSENED")
  .description("cause and remedy of an error code")
  .argument("[code]", "the code; without one, the list")
  .action((code: string | undefined) => {
    process.stdout.write(`${explain(code)}\n`);
  });

async function printDeployToken(domain: string, expires: string): Promise<void> {
  const { createDeployToken } = await import("./deploy-token.ts");
  const { developmentAccess } = await import("./registry-client.ts");
  const { text } = await createDeployToken(developmentAccess(process.env), { domain, expires });
  process.stdout.write(`${text}\n`);
}

function explain(code: string | undefined): string {
  if (code === undefined) return Object.keys(ERROR_CODES).sort().join("\n");
  if (!isErrorCode(code))
    throw new ClientError("UNKNOWN_ERROR_CODE", `${code} is no error code of this project.`);
  const { cause, remedy, status } = explainError(code);
  return `${code} (HTTP ${status})\n  cause:  ${cause}\n  remedy: ${remedy}`;
}

addCompletion(program, { completionCommandName: "completion" });

try {
  await program.parseAsync();
} catch (error) {
  printError(error);
}
