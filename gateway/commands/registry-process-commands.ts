import type { Command } from "commander";
import { withExamples } from "./examples.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

/** Adds what runs a registry of its own, for production. */
export function addRegistryProcessCommands(registry: Command): void {
  withExamples(
    registry.command("prepare"),
    "DATABASE_ADMIN_URL=postgres://postgres@db/postgres dpg registry prepare > registry.json",
  )
    .description(
      "make the registry's database (DATABASE_ADMIN_URL, APPLICATION_PASSWORD) and the governance team's first token; both are printed this once, as JSON",
    )
    .option("--expires <span>", "how long the token holds, such as 90d", "90d")
    .action(async ({ expires }: { expires: string }) => {
      const { prepareRegistry } = await import("./registry-process.ts");
      const { secondsOf } = await import("./deploy-token.ts");
      const made = await prepareRegistry(process.env, secondsOf(expires));
      process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
    });
  withExamples(
    registry.command("serve"),
    'DATABASE_URL=postgres://registry_app@db/registry REGISTRY_PRIVATE_KEY="$(cat registry-key.pem)" dpg registry serve',
  )
    .description(
      "serve the registry as a process of its own: DATABASE_URL, REGISTRY_PRIVATE_KEY (Ed25519, PEM), HOST, PORT, REGISTRY_KEEP_GENERATIONS, REGISTRY_MEASURE_SECONDS",
    )
    .action(async () => {
      const { serveRegistry } = await import("./registry-process.ts");
      const served = await serveRegistry(process.env);
      stopOnSignal(served);
    });
}
