import { type Command, InvalidArgumentError } from "commander";
import { withExamples } from "./examples.ts";
import { addRegistryProcessCommands } from "./registry-process-commands.ts";
import { reportFromRegistry } from "./report-from-registry.ts";
import { withFormat } from "./with-format.ts";

/** Adds what works with a registry: DPG_REGISTRY_URL (default: the local gateway), as the bearer of DPG_TOKEN. */
export function addRegistryCommands(
  program: Command,
  nouns: { readonly subgraph: Command; readonly supergraph: Command },
): void {
  addSubgraphCommands(nouns.subgraph);
  addSupergraphCommands(nouns.supergraph);
  const registry = program.command("registry").description("work with the registry itself");
  addRegistryProcessCommands(registry);
  addTokenCommands(registry.command("token"));
  addOperationCommands(program.command("operations"));
  withExamples(named(registry.command("grant")), "dpg registry grant --name order-returns --domain order")
    .description("make a subgraph's name a domain's; each domain has its own name without (governance team)")
    .requiredOption("--domain <name>", "whose it is from now on")
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./subgraph.ts")).grantSubgraph(access, options),
      ),
    );
  withExamples(withFormat(registry.command("acts")), "dpg registry acts --limit 100 --format json")
    .description("list who did what, and what was refused, newest first (governance team)")
    .option("--limit <number>", "how many", integer, 20)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./registry-acts.ts")).listActs(access, options.limit),
      ),
    );
  withExamples(withFormat(registry.command("key")), "dpg registry key > registry.pem")
    .description("print the public key that gateways check signatures with")
    .action((options) =>
      reportFromRegistry(options, async (access) => (await import("./supergraph.ts")).registryKey(access)),
    );
}

function addSubgraphCommands(subgraph: Command): void {
  withExamples(
    withSchema(subgraph.command("check")),
    "dpg subgraph check --name shipping --schema subgraphs/shipping/schema.graphql",
    "git show HEAD:schema.graphql | dpg subgraph check --name shipping --schema - --format github",
  )
    .description("say what a publish of the schema would be told")
    .option("--approve", "as the governance team: let this very schema loosen rules", false)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./subgraph.ts")).checkSubgraph(access, options),
      ),
    );
  withExamples(
    withSchema(subgraph.command("publish")),
    "dpg subgraph publish --name shipping --schema subgraphs/shipping/schema.graphql --routing-url https://shipping.example.com/graphql --reason 'first version'",
  )
    .description("check the schema and serve it")
    .option("--reason <text>", "why, for the history", "")
    .option("--approve", "as the governance team: let it loosen rules", false)
    .option("--accept-breaking", "publish though clients may break", false)
    .option("--expected <generation>", "refuse if another generation is served by now", integer)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./subgraph.ts")).publishSubgraph(access, options),
      ),
    );
  withExamples(named(subgraph.command("fetch")), "dpg subgraph fetch --name shipping > shipping.graphql")
    .description("print the published schema")
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./subgraph.ts")).fetchSubgraph(access, options.name),
      ),
    );
  withExamples(withFormat(subgraph.command("list")), "dpg subgraph list --format json")
    .description("list the published subgraphs")
    .action((options) =>
      reportFromRegistry(options, async (access) => (await import("./subgraph.ts")).listSubgraphs(access)),
    );
  withExamples(
    weighed(named(subgraph.command("delete"))),
    "dpg subgraph delete --name shipping --reason 'moved into order'",
  )
    .description("take the subgraph out of the supergraph")
    .option("--reason <text>", "why, for the history", "")
    .option("--accept-breaking", "delete though clients may break", false)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./subgraph.ts")).deleteSubgraph(access, options),
      ),
    );
}

function addSupergraphCommands(supergraph: Command): void {
  withExamples(
    withFormat(supergraph.command("fetch")),
    "dpg supergraph fetch > supergraph.graphql",
    "dpg supergraph fetch --generation 7 --artifact > artifact.json",
  )
    .description("print the supergraph that is served")
    .option("--generation <number>", "the one of this generation", integer)
    .option("--artifact", "all of it: SDL, governance manifest, hashes", false)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./supergraph.ts")).fetchSupergraph(access, options),
      ),
    );
  withExamples(withFormat(supergraph.command("history")), "dpg supergraph history --limit 5")
    .description("list the generations with author and reason, newest first")
    .option("--limit <number>", "how many", integer, 20)
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./supergraph.ts")).supergraphHistory(access, options.limit),
      ),
    );
  withExamples(
    withFormat(supergraph.command("rollback")),
    "dpg supergraph rollback --generation 7 --reason '8 hides prices'",
  )
    .description("serve again what a generation served (governance team)")
    .requiredOption("--generation <number>", "the one to go back to", integer)
    .option("--reason <text>", "why, for the history", "")
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./supergraph.ts")).rollBackSupergraph(access, options),
      ),
    );
}

function addTokenCommands(token: Command): void {
  token.description("deploy tokens (governance team)");
  withExamples(
    withFormat(token.command("create")),
    "dpg registry token create --domain shipping --expires 30d",
  )
    .description("make a deploy token; it is shown this once")
    .requiredOption(
      "--domain <name>",
      "the domain whose subgraphs it may publish; `governance` for the governance team",
    )
    .option("--expires <span>", "how long it holds, such as 90d", "90d")
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./deploy-token.ts")).createDeployToken(access, options),
      ),
    );
  withExamples(withFormat(token.command("list")), "dpg registry token list --format json")
    .description("list the tokens given out")
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./deploy-token.ts")).listDeployTokens(access),
      ),
    );
  withExamples(withFormat(token.command("revoke")), "dpg registry token revoke --id shipping/0123456789ab")
    .description("end a token now")
    .requiredOption("--id <id>", "the token's id")
    .action((options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./deploy-token.ts")).revokeDeployToken(access, options.id),
      ),
    );
}

function addOperationCommands(operations: Command): void {
  operations.description("operations that gateways answer where they answer no others");
  withExamples(
    withFormat(operations.command("publish")),
    "dpg operations publish persisted-query-manifest.json --client storefront",
    "dpg operations publish products.graphql --client storefront --replace",
  )
    .description("let an application send these operations, by their text or its SHA-256")
    .argument(
      "<file>",
      "a manifest of operations (Apollo's or Relay's JSON), or one operation; - for standard input",
    )
    .requiredOption("--client <name>", "name of the application; * for any (governance team)")
    .option("--replace", "take back what it published before", false)
    .action((file, options) =>
      reportFromRegistry(options, async (access) =>
        (await import("./operations.ts")).publishOperations(access, file, options),
      ),
    );
  withExamples(withFormat(operations.command("list")), "dpg operations list --format json")
    .description("list what applications have published")
    .action((options) =>
      reportFromRegistry(options, async (access) => (await import("./operations.ts")).listOperations(access)),
    );
}

function withSchema(command: Command): Command {
  return weighed(named(command))
    .requiredOption("--schema <file>", "file of the schema, - for standard input")
    .option("--product <file>", "file of the descriptor; default: product.yaml beside the schema")
    .option("--routing-url <url>", "where gateways reach the subgraph; default: where it is published");
}

/** How recorded usage weighs what breaks clients. */
function weighed(command: Command): Command {
  return command
    .option("--window <days>", "days of recorded usage that count", integer, 30)
    .option(
      "--threshold <percent>",
      "share of all requests up to which use does not keep a field",
      Number,
      0,
    );
}

function named(command: Command): Command {
  return withFormat(command).requiredOption("--name <name>", "name of the subgraph");
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("expected a whole number");
  return value;
}
