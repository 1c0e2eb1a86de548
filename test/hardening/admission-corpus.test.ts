import { afterAll, beforeAll, expect, test } from "vitest";
import { watchLoop } from "../testkit/loop-pauses.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { ATTACKS } from "./attack-corpus.ts";
import { attackedSubgraphs } from "./attack-world.ts";
import { sendAttack } from "./send-attack.ts";

/** Milliseconds of work in one turn: 200 are promised, the rest is for a loaded machine and for sending. */
const PAUSE = 600;
/** What no client may be sent, whatever it does. */
const LEAK = /node_modules|at \w+ \(|http:\/\/127|Did you mean|secret|aaaaaaaaaaaaaaaaaaaa/;

let mesh: SmallMesh;
beforeAll(async () => {
  mesh = await startSmallMesh({ subgraphs: attackedSubgraphs(), usage: async () => undefined });
  await mesh.ask("{ me { id } }");
});
afterAll(() => mesh.stop());

test.each(ATTACKS.map((attack) => [attack.name, attack] as const))(
  "%s",
  async (_name, { send, statuses }) => {
    const request = send();
    const pauses = watchLoop();
    const answers = [await sendAttack(mesh.url, request), await sendAttack(mesh.url, request)];
    const { work } = pauses();
    const neighbour = await mesh.ask("{ me { id } }");
    for (const { status, text } of answers) {
      expect([...statuses, ...(statuses.includes(413) ? [0] : [])]).toContain(status);
      expect(text.length).toBeLessThan(status === 200 ? 100_000 : 2048);
      expect(text).not.toMatch(LEAK);
    }
    expect(work).toBeLessThan(PAUSE);
    expect([neighbour.status, neighbour.data]).toEqual([200, { me: { id: "1" } }]);
    expect(Object.getOwnPropertyNames({})).toEqual([]);
    expect("polluted" in {}).toBe(false);
  },
);

test("nothing of it was an error of the gateway's own", () => {
  expect(mesh.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});
