import type { Command } from "commander";
import { ClientError } from "../../shared/errors.ts";
import { withExamples } from "./examples.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

/** Adds what runs a registry of its own, for production. */
export function addRegistryProcessCommands(registry: Command): void {
  withExamples(
    registry.command("prepare"),
    "DATABASE_ADMIN_URL=postgres://postgres@db/postgres dpg registry prepare > registry.json",
  )
    .description(
      "make the registry's database (DATABASE_ADMIN_URL, APPLICATION_PASSWORD, CATALOG_PASSWORD), and the governance team's first token; its connections, the catalog's and the token are printed this once, as JSON",
    )
    .option("--expires <span>", "how long the token holds, such as 90d", "90d")
    .option(
      "--folder <folder>",
      "for containers: write key and tokens there, and print nothing; what is there stays",
    )
    .option(
      "--publish <file>",
      "with --folder: what a new registry publishes first, as Rover's supergraph.yaml; later its catalog, where that differs",
    )
    .action(async ({ expires, folder, publish }: PrepareOptions) => {
      if (publish !== undefined && folder === undefined)
        throw new ClientError("USAGE", "--publish is for --folder FOLDER.");
      const { secondsOf } = await import("./deploy-token.ts");
      const seconds = secondsOf(expires);
      if (folder !== undefined) {
        const { prepareRegistryFolder } = await import("./prepare-registry-folder.ts");
        return prepareRegistryFolder(process.env, { folder, seconds, ...(publish ? { publish } : {}) });
      }
      const { prepareRegistry } = await import("./registry-process.ts");
      const made = await prepareRegistry(process.env, seconds);
      process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
    });
  withExamples(
    registry.command("serve"),
    'DATABASE_URL=postgres://registry_app@db/registry REGISTRY_PRIVATE_KEY="$(cat registry-key.pem)" dpg registry serve',
  )
    .description(
      "serve the registry as a process of its own: DATABASE_URL, REGISTRY_PRIVATE_KEY (Ed25519, PEM) or REGISTRY_PRIVATE_KEY_FILE, HOST, PORT, REGISTRY_KEEP_GENERATIONS, REGISTRY_MEASURE_SECONDS",
    )
    .action(async () => {
      const { serveRegistry } = await import("./registry-process.ts");
      const served = await serveRegistry(process.env);
      stopOnSignal(served);
    });
}

interface PrepareOptions {
  readonly expires: string;
  readonly folder?: string;
  readonly publish?: string;
}
