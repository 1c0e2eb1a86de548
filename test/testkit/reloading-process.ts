import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/gateway.ts";
import { createLog } from "../../shared/log.ts";
import { largeSupergraph } from "./large-supergraph.ts";
import { signedFeed } from "./signed-feed.ts";

/**
 * A program for tests: a gateway that is given one generation after the other while it is asked things. Prints the
 * bytes in use, garbage collected, after every tenth as a JSON list. Argument: how many. Needs `--expose-gc`.
 */
const reloads = Number(process.argv[2]);
const sdl = largeSupergraph(3, 30);
const generation = (number: number) =>
  sdl.replace("Revision 0.", `Revision ${String(number).padStart(4, "0")}.`);
const directory = mkdtempSync(join(tmpdir(), "dpg-reload-"));
const { feed, publicKey, publish } = signedFeed();
publish(generation(0));
const gateway = await startGateway({
  config: { ...readConfig(null, {}), port: 0 },
  follow: { feed, publicKey, lastGoodFile: join(directory, "last-good.json"), pollMs: 60_000 },
  log: createLog({ name: "gateway", level: "silent" }),
});
const used: number[] = [];
for (let number = 1; number <= reloads; number += 1) {
  const { hash } = gateway.supergraph;
  // Nobody is at the subgraph's address: what is measured is what the gateway keeps of operations.
  for (const query of ["{ first0 { id name } }", "{ __typename }", `{ byId1(id: ${number}) { id } }`])
    await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    }).then((response) => response.text());
  publish(generation(number));
  while (gateway.supergraph.hash === hash) await pause(5);
  if (number % 10 === 0) used.push(await collected());
}
await gateway.stop();
rmSync(directory, { recursive: true });
process.stdout.write(`${JSON.stringify(used)}\n`);

/** Collected a few times: what weak references held goes with the next one. */
async function collected(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await pause(20);
  }
  return process.memoryUsage().heapUsed;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
