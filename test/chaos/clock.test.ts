import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, type ServedSubgraphs, serveSubgraphs, trust } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const CLOCK = fileURLToPath(new URL("../testkit/jump-clock.mjs", import.meta.url));
const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
type Query { hello: String secret: String @authenticated }`;

let issuer: TokenIssuer;
let subgraphs: ServedSubgraphs;
let gateway: ServeProcess;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  subgraphs = await serveSubgraphs({
    greeter: { sdl: SDL, resolvers: { Query: { hello: () => "hi", secret: () => "s" } } },
  });
  gateway = await ServeProcess.start({
    supergraphSdl: composeOurs(subgraphs.sources),
    config: { auth: { issuers: [trust(issuer)] } },
    nodeOptions: ["--import", CLOCK],
  });
});
afterAll(async () => {
  await gateway.stop();
  await subgraphs.stop();
  await issuer.stop();
});

async function ask(query: string, token?: string): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return JSON.parse(text).errors?.[0].extensions.code ?? text;
}

async function jump(time: number): Promise<void> {
  gateway.child.kill("SIGUSR2");
  await expect.poll(() => gateway.errors, { timeout: 20_000 }).toContain(`the clock jumped: ${time}`);
}

test("110: when the clock jumps an hour, tokens are judged by it, everything else goes on, and a jump back heals", async () => {
  const now = Math.floor(Date.now() / 1000);
  const short = issuer.token({ exp: now + 1800 });
  const long = issuer.token({ exp: now + 36_000, iat: now - 36_000, nbf: now - 36_000 });
  /** Valid from a second ago on: never seen before the clock is back an hour. */
  const current = issuer.token({ exp: now + 36_000, nbf: now - 1 });
  const SECRET = '{"data":{"secret":"s"}}';
  const HELLO = '{"data":{"hello":"hi"}}';
  const answers = async () => [
    await ask("{ secret }", short),
    await ask("{ secret }", long),
    await ask("{ hello }"),
  ];
  expect(await answers()).toEqual([SECRET, SECRET, HELLO]);
  await jump(1);
  expect(await answers()).toEqual(["UNAUTHENTICATED", SECRET, HELLO]);
  await jump(2);
  expect(await answers()).toEqual([SECRET, SECRET, HELLO]);
  expect(await ask("{ secret }", current)).toBe("UNAUTHENTICATED");
  await jump(3);
  expect(await answers()).toEqual([SECRET, SECRET, HELLO]);
  expect(await ask("{ secret }", current)).toBe(SECRET);
  // Now it is remembered, and judged again all the same.
  await jump(4);
  await jump(5);
  expect(await ask("{ secret }", current)).toBe("UNAUTHENTICATED");
  await jump(6);
  expect(await ask("{ secret }", current)).toBe(SECRET);
});
