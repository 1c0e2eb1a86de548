import { Command } from "commander";
import { expect, test } from "vitest";
import { addRegistryProcessCommands } from "../../../../gateway/commands/registry-process-commands.ts";
import { serve } from "../../../../gateway/commands/serve.ts";

test.each([
  { supergraph: "supergraph.graphql", tokenFile: "token" },
  { supergraph: "supergraph.graphql", registryKey: "registry.pem" },
  { tokenFile: "token" },
])("dpg serve refuses what is for a registry only, and says so: %o", async (options) => {
  await expect(serve(options, {})).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("--token-file"),
  });
});

test("dpg registry prepare refuses to publish nowhere, before it makes anything", async () => {
  const registry = new Command("registry").exitOverride();
  addRegistryProcessCommands(registry);
  await expect(
    registry.parseAsync(["prepare", "--publish", "supergraph.yaml"], { from: "user" }),
  ).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("--folder") });
});
