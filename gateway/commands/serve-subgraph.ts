import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";
import { registryUrl } from "./registry-client.ts";
import type { Stoppable } from "./stop-on-signal.ts";

/**
 * `dpg subgraph serve`: a subgraph of this repository as a process of its own, which believes the local gateway's
 * identity tokens. Its environment is this one's: a domain with a database takes DATABASE_URL.
 *
 * @throws ClientError USAGE where there is no such subgraph
 */
export function serveSubgraph(domain: string, port: number, env: Environment): Stoppable {
  const module = /^[a-z][a-z0-9_]*$/.test(domain)
    ? fileURLToPath(new URL(`../../subgraphs/${domain}/main.js`, import.meta.url))
    : "";
  if (!existsSync(module)) throw new ClientError("USAGE", `There is no subgraph in subgraphs/${domain}.`);
  const gateway = registryUrl(env);
  const child = spawn(process.execPath, [module], {
    env: { DPG_GATEWAY_JWKS_URL: `${gateway}/.well-known/jwks.json`, ...env, PORT: String(port) },
    // The channel says nothing; its end tells the subgraph that this process is gone.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("close", (code) => {
    process.exitCode = code ?? 1;
  });
  return {
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
