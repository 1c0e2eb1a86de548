import type { RegistryAccess } from "./registry-client.ts";
import type { Format, Outcome } from "./report.ts";

/** Options of a command that asks the registry. */
export interface RegistryCommandOptions {
  readonly format: Format;
  /** File of the schema, which annotations name; `-` for standard input. */
  readonly schema?: string;
  /** Name of the subgraph that it is of. */
  readonly name?: string;
}

/** Runs a command on the registry of DPG_REGISTRY_URL, as the bearer of DPG_TOKEN, and says what came of it. */
export async function reportFromRegistry(
  { format, schema, name }: RegistryCommandOptions,
  work: (access: RegistryAccess) => Promise<Outcome>,
): Promise<void> {
  const { report } = await import("./report.ts");
  const { registryAccess } = await import("./registry-client.ts");
  const file = schema && schema !== "-" ? { file: schema } : {};
  const subgraph = name === undefined ? {} : { subgraph: name };
  await report({ format, ...file, ...subgraph }, async () => work(registryAccess(process.env)));
}
