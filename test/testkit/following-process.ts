import { createPublicKey } from "node:crypto";
import { readConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/gateway.ts";
import { followPostgres } from "../../gateway/registry/follow-postgres.ts";
import { RegistryStore } from "../../gateway/registry/store-postgres.ts";
import { createLog } from "../../shared/log.ts";

/**
 * A program for tests: a gateway in a process of its own that follows a registry's database. Tells its parent its
 * address, then, whenever asked for anything, the bytes in use after garbage collection. Arguments: database URL,
 * the registry's public key as PEM in base64, file of the last good generation. Its settings are those of the
 * environment. Needs `--expose-gc`.
 */
const [, , databaseUrl = "", key = "", lastGoodFile = ""] = process.argv;
const store = new RegistryStore(databaseUrl);
const gateway = await startGateway({
  config: { ...readConfig(null, process.env), port: 0 },
  follow: {
    feed: followPostgres(store, databaseUrl),
    publicKey: createPublicKey(Buffer.from(key, "base64").toString("utf8")),
    lastGoodFile,
    pollMs: 60_000,
  },
  log: createLog({ name: "gateway", level: "silent" }),
});
process.send?.(gateway.url);
process.on("message", async () => process.send?.(await collected()));
process.once("disconnect", async () => {
  await gateway.stop();
  await store.stop();
});

/** Collected a few times: what weak references held goes with the next one. */
async function collected(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}
