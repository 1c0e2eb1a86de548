import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/gateway.ts";
import { createLog } from "../../shared/log.ts";
import { signedFeed } from "./signed-feed.ts";

/**
 * A program for tests: a gateway in a process of its own whose supergraph is swapped when its parent says so. Every
 * message is a supergraph; it is answered with the gateway's address once that is the one that is served. Its
 * settings are those of the environment.
 */
const directory = mkdtempSync(join(tmpdir(), "dpg-swapped-"));
const { feed, publicKey, publish } = signedFeed();
const config = { ...readConfig(null, process.env), port: 0 };
const log = createLog({ name: "gateway", level: config.log.level });
const start = () =>
  startGateway({
    config,
    follow: { feed, publicKey, lastGoodFile: join(directory, "last-good.json"), pollMs: 60_000 },
    log,
  });
let gateway: ReturnType<typeof start> | null = null;

process.on("message", async (supergraph: string) => {
  publish(supergraph);
  if (gateway) {
    const served = await gateway;
    const before = served.supergraph.hash;
    while (served.supergraph.hash === before) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  gateway ??= start();
  process.send?.((await gateway).url);
});
process.once("disconnect", async () => {
  await (await gateway)?.stop();
  rmSync(directory, { recursive: true, force: true });
});
