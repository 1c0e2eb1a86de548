// `npm run test:attack`: the whole attack corpus against a real `dpg serve`; prints what each document did to it.
import { setTimeout as sleep } from "node:timers/promises";
import type { Attack } from "../hardening/attack.ts";
import { ATTACKS } from "../hardening/attack-corpus.ts";
import { attackedSubgraphs } from "../hardening/attack-world.ts";
import { sendAttack } from "../hardening/send-attack.ts";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, serveSubgraphs } from "../testkit/small-mesh.ts";
import { readGateway } from "./read-gateway.ts";

/** Milliseconds that no document may keep the event loop. */
const MAX_PAUSE = 200;
/** Megabytes that no document may add to what the gateway takes before the first. */
const MAX_MEMORY = 512;
/** How often each document is sent, one after the other: the first meets cold code. */
const TIMES = 3;

const served = await serveSubgraphs(attackedSubgraphs());
const gateway = await ServeProcess.start({
  supergraphSdl: composeOurs(served.sources),
  env: { NODE_ENV: "production" },
  nodeOptions: ["--max-semi-space-size=64", "--max-old-space-size=2000", "--heap-growing-percent=100"],
});
try {
  process.exitCode = await attackAll(gateway);
} finally {
  await gateway.stop();
  await served.stop();
}

async function attackAll(target: ServeProcess): Promise<number> {
  const good = { headers: { "content-type": "application/json" }, body: '{"query":"{ me { id } }"}' };
  for (let n = 0; n < 50; n += 1) await sendAttack(target.url, good);
  const start = (await readGateway(target)).memory;
  const failures: string[] = [];
  let longest = 0;
  let largest = 0;
  print("document", "status", "code", "pause ms", "RSS MB");
  for (const attack of ATTACKS) {
    const { statuses, code, pause, memory } = await attackOnce(target, attack);
    print(attack.name, statuses.join("/"), code, pause.toFixed(0), memory.toFixed(0));
    longest = Math.max(longest, pause);
    largest = Math.max(largest, memory - start);
    const expected = attack.statuses.includes(413) ? [...attack.statuses, 0] : attack.statuses;
    if (statuses.some((status) => !expected.includes(status))) failures.push(`${attack.name}: ${statuses}`);
    if (pause > MAX_PAUSE) failures.push(`${attack.name}: the event loop paused ${pause.toFixed(0)} ms`);
    if (memory - start > MAX_MEMORY) failures.push(`${attack.name}: ${memory.toFixed(0)} MB`);
    if ((await sendAttack(target.url, good)).status !== 200)
      failures.push(`${attack.name}: a neighbour failed`);
  }
  const figures = `longest pause ${longest.toFixed(0)} ms, memory at most ${largest.toFixed(0)} MB above the ${start.toFixed(0)} MB before`;
  console.log(`\n${ATTACKS.length} documents, each ${TIMES} times: ${figures}`);
  for (const failure of failures) console.log(`FAILED ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

async function attackOnce(target: ServeProcess, attack: Attack) {
  const request = attack.send();
  const statuses: number[] = [];
  let code = "";
  let pause = 0;
  let memory = 0;
  for (let n = 0; n < TIMES; n += 1) {
    const before = await readGateway(target);
    const answer = await sendAttack(target.url, request);
    // What goes on after the answer counts as well.
    await sleep(20);
    const after = await readGateway(target);
    statuses.push(answer.status);
    code = answer.code || code;
    // On a machine that others use as well the clock also counts their turns; a pause is never longer than all work.
    pause = Math.max(pause, Math.min(after.lag, after.work - before.work || after.lag));
    memory = Math.max(memory, after.memory);
  }
  return { statuses: [...new Set(statuses)], code, pause, memory };
}

function print(name: string, status: string, code: string, pause: string, memory: string): void {
  console.log(name.padEnd(58), status.padEnd(8), code.padEnd(26), pause.padStart(8), memory.padStart(7));
}
