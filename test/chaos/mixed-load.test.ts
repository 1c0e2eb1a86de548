import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ATTACKS } from "../hardening/attack-corpus.ts";
import { attackedSubgraphs } from "../hardening/attack-world.ts";
import { sendAttack } from "../hardening/send-attack.ts";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, type ServedSubgraphs, serveSubgraphs } from "../testkit/small-mesh.ts";
import { scale } from "./chaos-scale.ts";

const SECONDS = scale(8, 60);
const ATTACKS_PER_SECOND = 5;
const GOOD_PER_SECOND = 50;

let subgraphs: ServedSubgraphs;
let gateway: ServeProcess;
beforeAll(async () => {
  subgraphs = await serveSubgraphs(attackedSubgraphs());
  gateway = await ServeProcess.start({
    supergraphSdl: composeOurs(subgraphs.sources),
    // The attacker is not told apart by its address here: what is measured is what its documents do.
    config: { graphiql: false },
  });
});
afterAll(async () => {
  await gateway.stop();
  await subgraphs.stop();
});

async function askGood(): Promise<boolean> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"query":"{ me { name } thing { id x1 x2 } }"}',
  }).catch(() => null);
  return (await response?.text()) === '{"data":{"me":{"name":"Ada"},"thing":{"id":"1","x1":1,"x2":2}}}';
}

test(`88: with ${ATTACKS_PER_SECOND} attacks a second, ${GOOD_PER_SECOND} good requests a second are answered`, async () => {
  await expect.poll(askGood, { timeout: 20_000 }).toBe(true);
  const good: Promise<boolean>[] = [];
  const attacks: Promise<unknown>[] = [];
  const start = performance.now();
  while (performance.now() - start < SECONDS * 1000) {
    const elapsed = (performance.now() - start) / 1000;
    while (good.length < elapsed * GOOD_PER_SECOND) good.push(askGood());
    while (attacks.length < elapsed * ATTACKS_PER_SECOND) {
      const attack = ATTACKS[attacks.length % ATTACKS.length];
      if (attack) attacks.push(sendAttack(gateway.url, attack.send()));
    }
    await pause(5);
  }
  const answered = (await Promise.all(good)).filter(Boolean).length;
  await Promise.all(attacks);
  const percent = (100 * answered) / good.length;
  process.stdout.write(
    `mixed load: ${attacks.length} attacks, ${good.length} good requests, ${percent.toFixed(2)} % of them answered\n`,
  );
  expect(percent).toBeGreaterThanOrEqual(99.9);
});
