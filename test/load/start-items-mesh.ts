import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs } from "../testkit/small-mesh.ts";
import { DOMAINS, type Domain, SDL } from "./items-mesh.ts";
import { forkProcess, type LoadProcess, pin, startLoadProcess, stopProcess } from "./start-load.ts";

/** The domains and the load, each a process of its own. */
export interface ItemsMesh {
  readonly load: LoadProcess;
  readonly supergraphSdl: string;
  /** Starts a gateway over the domains, on a processor that it has for itself where there are two. */
  readonly serve: (config?: Readonly<Record<string, unknown>>) => Promise<ServeProcess>;
  /** From now on this domain takes calls and never answers, or answers again. */
  readonly tell: (domain: Domain, what: "hang" | "answer") => Promise<void>;
  /** Stops the gateways and all else. */
  readonly stop: () => Promise<void>;
}

/** As the `dpg` command starts node. */
const NODE_OPTIONS = ["--max-semi-space-size=64", "--max-old-space-size=2000", "--heap-growing-percent=100"];

export async function startItemsMesh(): Promise<ItemsMesh> {
  const started = await Promise.all(DOMAINS.map((name) => forkProcess("domain-process.ts", [name])));
  const children = new Map(started.map(({ child }, index) => [DOMAINS[index] ?? "stock", child]));
  const load = await startLoadProcess();
  for (const pid of [load.pid, ...started.map(({ child }) => child.pid ?? 0)]) pin(pid, 1);
  const supergraphSdl = composeOurs(
    started.map(({ hello }, index) => {
      const name = DOMAINS[index] ?? "stock";
      return { name, sdl: SDL[name], url: `http://127.0.0.1:${hello}/graphql` };
    }),
  );
  const gateways: ServeProcess[] = [];
  return {
    load,
    supergraphSdl,
    serve: async (config = {}) => {
      const gateway = await ServeProcess.start({
        supergraphSdl,
        env: { NODE_ENV: "production", DPG_MASKING_HMAC_KEY: "a key for tests only" },
        nodeOptions: NODE_OPTIONS,
        config: { shutdown: { delayMs: 0 }, ...config },
      });
      gateways.push(gateway);
      pin(gateway.child.pid ?? 0, 0);
      return gateway;
    },
    tell: async (domain, what) => {
      const child = children.get(domain);
      if (child) await told(child, what);
    },
    stop: async () => {
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await Promise.all([load.stop(), ...started.map(({ child }) => stopProcess(child))]);
    },
  };
}

async function told(child: ChildProcess, what: string): Promise<void> {
  const answered = once(child, "message");
  child.send(what);
  await answered;
}
