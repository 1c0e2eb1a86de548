import { printSchema } from "graphql";
import { afterEach, expect, test } from "vitest";
import { ReadThread } from "../../../../gateway/supergraph/read-thread.ts";
import { buildSupergraph, buildSupergraphAside } from "../../../../gateway/supergraph/supergraph.ts";
import { largeSupergraph } from "../../../testkit/large-supergraph.ts";

const SDL = largeSupergraph(2, 10);
let thread = new ReadThread();
afterEach(async () => {
  await thread.stop();
  thread = new ReadThread();
});

test("what a thread reads is what is read here: schemas, rules, planner's text and contracts", async () => {
  const contracts = [{ name: "public", include: [], exclude: ["internal"] }];
  const tagged = tag(SDL);
  const here = buildSupergraph(tagged, contracts);
  const aside = await buildSupergraphAside(thread, tagged, contracts, buildSupergraph(SDL));
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

test("the supergraph that is served already is given back", async () => {
  const known = buildSupergraph(SDL);
  expect(await buildSupergraphAside(thread, SDL, [], known)).toBe(known);
});

test("a supergraph that may not be served is refused with the reason, and the thread goes on", async () => {
  await expect(thread.read({ sdl: "type Query {", contracts: [] })).rejects.toMatchObject({
    code: "SUPERGRAPH_INVALID",
  });
  const unknown = SDL.replace("https://specs.apollo.dev/join/", "https://example.com/unknown/");
  await expect(thread.read({ sdl: unknown, contracts: [] })).rejects.toMatchObject({
    code: "SUPERGRAPH_INVALID",
  });
  expect((await thread.read({ sdl: SDL, contracts: [] })).hash).toHaveLength(64);
});

test("a thread that ended is replaced", async () => {
  const worker = thread.start();
  await worker.terminate();
  expect((await thread.read({ sdl: SDL, contracts: [] })).hash).toHaveLength(64);
});

/** With a part that the contract leaves out. */
function tag(sdl: string): string {
  const linked = sdl.replace(
    `@link(url: "https://specs.apollo.dev/join/`,
    `@link(url: "https://specs.apollo.dev/tag/v0.3") @link(url: "https://specs.apollo.dev/join/`,
  );
  const tagged = linked.replace("  next: T1x1", `  next: T1x1 @tag(name: "internal")`);
  return `${tagged}\ndirective @tag(name: String!) repeatable on FIELD_DEFINITION | INTERFACE | OBJECT | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION | SCHEMA`;
}
