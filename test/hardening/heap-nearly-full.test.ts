import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, type ServedSubgraphs, serveSubgraphs } from "../testkit/small-mesh.ts";

/** Characters of one answer; node would keep a text of a megabyte and more outside the heap. */
const LONG = 900_000;
/** Megabytes. */
const HEAP = 200;
/** More than there is room for. */
const REQUESTS = 300;

const text = "x".repeat(LONG);
/** Lets the answers of the slow subgraph go. */
let release = (): void => {};
let released: Promise<void>;

let subgraphs: ServedSubgraphs;
let gateway: ServeProcess;
beforeAll(async () => {
  subgraphs = await serveSubgraphs({
    books: { sdl: "type Query { text: String! }", resolvers: { Query: { text: () => text } } },
    slow: {
      sdl: "type Query { later: Int! }",
      resolvers: { Query: { later: () => released.then(() => 1) } },
    },
  });
});
afterEach(async () => {
  release();
  await gateway.stop();
});
afterAll(() => subgraphs.stop());

async function start(nodeOptions: readonly string[]): Promise<void> {
  released = new Promise((resolve) => {
    release = resolve;
  });
  gateway = await ServeProcess.start({
    supergraphSdl: composeOurs(subgraphs.sources),
    config: {
      limits: { requestMs: 120_000 },
      subgraphDefaults: { timeoutMs: 120_000, concurrency: 400, queue: 0 },
    },
    nodeOptions: [...nodeOptions, `--max-old-space-size=${HEAP}`],
  });
}

async function ask(query: string) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    body: await response.text(),
  };
}

test.each([
  [["--max-semi-space-size=64", "--heap-growing-percent=100"]],
  [["--max-semi-space-size=64"]],
  [["--max-semi-space-size=48"]],
])(
  "108: a process whose heap is nearly full refuses what comes with 503, answers all that it has taken, and takes requests again once there is room (%s)",
  async (nodeOptions) => {
    await start(nodeOptions);
    const right = { status: 200, retryAfter: null, body: JSON.stringify({ data: { text, later: 1 } }) };
    const sent: ReturnType<typeof ask>[] = [];
    const refused: Awaited<ReturnType<typeof ask>>[] = [];
    while (refused.length === 0 && sent.length < REQUESTS) {
      const answer = ask("{ text later }");
      sent.push(answer);
      answer.then(
        (early) => refused.push(early),
        () => {},
      );
      await pause(40);
    }
    expect(gateway.child.exitCode, gateway.errors).toBeNull();
    expect(refused.length).toBeGreaterThan(0);
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);

    release();
    const answers = await Promise.all(sent);
    const taken = answers.filter(({ status }) => status === 200);
    process.stdout.write(`${taken.length} answers of ${LONG} characters were held in a heap of ${HEAP} MB\n`);
    expect(taken.length).toBeGreaterThan(20);
    expect(taken.filter((answer) => !isDeepStrictEqual(answer, right))).toEqual([]);
    for (const { status, retryAfter, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, retryAfter]).toEqual([503, "1"]);
      expect(body).toContain('"OVERLOADED"');
    }
    await expect.poll(() => ask("{ text later }"), { timeout: 30_000, interval: 200 }).toEqual(right);
    expect(gateway.child.exitCode).toBeNull();
  },
);
