import { printSchema } from "graphql";
import { afterEach, expect, test } from "vitest";
import { buildGeneration } from "../../../../gateway/supergraph/build-generation.ts";
import type { GenerationRequest } from "../../../../gateway/supergraph/read-generation.ts";
import { ReadThread } from "../../../../gateway/supergraph/read-thread.ts";
import { readRuleOrigins } from "../../../../gateway/supergraph/rule-origins.ts";
import type { SignedGeneration } from "../../../../gateway/supergraph/signed-generation.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";
import { largeArtifact } from "../../../testkit/large-supergraph.ts";
import { ROOT, run } from "../../../testkit/run-command.ts";
import { signedFeed } from "../../../testkit/signed-feed.ts";

const { supergraph: SDL, governance } = largeArtifact(2, 10);
let thread = new ReadThread();
afterEach(async () => {
  await thread.stop();
  thread = new ReadThread();
});

test("what a thread reads is what is read here: schemas, rules, their origins, planner's text and contracts", async () => {
  const contracts = [{ name: "public", include: [], exclude: ["internal"] }];
  const tagged = tag(SDL);
  const here = buildSupergraph(tagged, contracts);
  const { supergraph: aside, origins } = await buildGeneration(
    thread,
    { ...(await signed(tagged, { governance })), contracts },
    buildSupergraph(SDL),
  );
  expect(origins.size).toBeGreaterThan(20);
  expect(origins).toEqual(readRuleOrigins({ governance }));
  expect(aside.hash).toBe(here.hash);
  expect(aside.planningSdl).toBe(here.planningSdl);
  expect([...aside.policy]).toEqual([...here.policy]);
  expect(aside.subgraphs).toEqual(here.subgraphs);
  expect(printSchema(aside.schema)).toBe(printSchema(here.schema));
  expect(printSchema(aside.apiSchema)).toBe(printSchema(here.apiSchema));
  const shown = ({ contracts: all }: typeof here) => printSchema(all.get("public")?.schema ?? here.schema);
  expect(shown(aside)).toBe(shown(here));
  expect(shown(here)).not.toBe(printSchema(here.apiSchema));
  expect(aside.fieldPolicies.of("T1x1", "email")).toEqual(here.fieldPolicies.of("T1x1", "email"));
});

test("the supergraph that is served already is given back, with the origins of the new generation", async () => {
  const served = buildSupergraph(SDL);
  const built = await buildGeneration(thread, await signed(SDL, { governance }), served);
  expect(built.supergraph).toBe(served);
  expect(built.origins).toEqual(readRuleOrigins({ governance }));
});

test("a supergraph that may not be served is refused with the reason, and the thread goes on", async () => {
  await expect(thread.read(await signed("type Query {"))).rejects.toMatchObject({
    code: "SUPERGRAPH_INVALID",
  });
  const unknown = SDL.replace("https://specs.apollo.dev/join/", "https://example.com/unknown/");
  await expect(thread.read(await signed(unknown))).rejects.toMatchObject({ code: "SUPERGRAPH_INVALID" });
  expect(await hashOf(await signed(SDL))).toHaveLength(64);
});

test("what is not the registry's is refused before anything of it reaches a planner: its content, its number, its key, its signature", async () => {
  const good = await signed(SDL);
  const { generation } = good;
  const loosened = SDL.replace("Revision 0.", "Forged.");
  const forgeries: readonly Partial<SignedGeneration>[] = [
    { content: generation.content.replace("Revision 0.", "Forged.") },
    { content: JSON.stringify({ ...JSON.parse(generation.content), supergraph: loosened }) },
    // JSON takes the last of two keys: what is checked and what is read must be the same one.
    {
      content: generation.content
        .replace(/^\{/, `{"supergraph":${JSON.stringify(loosened)},`)
        .replace(/\}$/, `,"supergraph":${JSON.stringify(loosened)}}`),
    },
    { content: "{" },
    { number: generation.number + 1 },
    { signature: "" },
    { signature: (await signed(SDL)).generation.signature },
  ];
  const told: string[] = [];
  for (const forgery of forgeries)
    await expect(
      thread.read({ ...good, generation: { ...generation, ...forgery } }, ({ hash }) => told.push(hash)),
    ).rejects.toMatchObject({ code: "ARTIFACT_REFUSED" });
  const others = await signed(SDL);
  await expect(thread.read({ ...good, publicKey: others.publicKey })).rejects.toMatchObject({
    code: "ARTIFACT_REFUSED",
  });
  expect(told).toEqual([]);
  await thread.read(good, ({ hash }) => told.push(hash));
  expect(told).toEqual([buildSupergraph(SDL).hash]);
});

test("a rehearsal answers nobody, whatever comes of it: the next answer belongs to the next question", async () => {
  thread.rehearse(await signed(SDL));
  thread.rehearse(await signed("type Query {"));
  const other = SDL.replace("Revision 0.", "Revision 1.");
  const told: string[] = [];
  const read = await thread.read(await signed(other), ({ hash }) => told.push(hash));
  expect(read.supergraph?.hash).toBe(buildSupergraph(other).hash);
  expect(told).toEqual([buildSupergraph(other).hash]);
});

test("a rehearsal does not keep a process alive", async () => {
  const program = `
    const { ReadThread } = await import("${ROOT}gateway/supergraph/read-thread.ts");
    const { generateKeyPairSync } = await import("node:crypto");
    const { publicKey } = generateKeyPairSync("ed25519");
    const generation = { number: 1, content: "{}", signature: "" };
    new ReadThread().rehearse({ generation, publicKey, contracts: [], served: null });
    process.stdout.write("asked");`;
  const args = ["--import", "tsx", "--input-type", "module", "--eval", program];
  expect(await run(process.execPath, args)).toMatchObject({ code: 0, stdout: "asked" });
});

test("a thread that has nothing to read does not keep a process alive", async () => {
  const program = `
    const { ReadThread } = await import("${ROOT}gateway/supergraph/read-thread.ts");
    new ReadThread().start();
    process.stdout.write("started");`;
  const args = ["--import", "tsx", "--input-type", "module", "--eval", program];
  expect(await run(process.execPath, args)).toMatchObject({ code: 0, stdout: "started" });
});

test("a thread that ended is replaced", async () => {
  const worker = thread.start();
  await worker.terminate();
  expect(await hashOf(await signed(SDL))).toHaveLength(64);
});

test("an answer that cannot be read is told at once, and the thread is replaced", async () => {
  const unread = thread.read(await signed(SDL));
  const refused = expect(unread).rejects.toThrow(
    "what the thread that reads generations answers cannot be read",
  );
  const first = thread.start();
  first.emit("messageerror", new RangeError("too deep"));
  await refused;
  expect(await hashOf(await signed(SDL))).toHaveLength(64);
  expect(thread.start()).not.toBe(first);
});

async function hashOf(request: GenerationRequest): Promise<string | undefined> {
  return (await thread.read(request)).supergraph?.hash;
}

/** A first generation, by a registry with a key of its own. */
async function signed(
  sdl: string,
  others: Readonly<Record<string, unknown>> = {},
): Promise<GenerationRequest> {
  const { feed, publicKey, publish } = signedFeed();
  publish(sdl, others);
  const generation = await feed.newerThan(0);
  if (!generation) throw new Error("nothing was published");
  return { generation, publicKey, contracts: [], served: null };
}

/** With a part that the contract leaves out. */
function tag(sdl: string): string {
  const linked = sdl.replace(
    `@link(url: "https://specs.apollo.dev/join/`,
    `@link(url: "https://specs.apollo.dev/tag/v0.3") @link(url: "https://specs.apollo.dev/join/`,
  );
  const tagged = linked.replace("  next: T1x1", `  next: T1x1 @tag(name: "internal")`);
  return `${tagged}\ndirective @tag(name: String!) repeatable on FIELD_DEFINITION | INTERFACE | OBJECT | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION | SCHEMA`;
}
