import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type SimulateOptions, simulateCommand } from "../../../gateway/commands/simulate.ts";
import { compose } from "../../../gateway/registry/compose.ts";
import { ClientError } from "../../../shared/errors.ts";
import { linked } from "../../testkit/compose-schemas.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";

const SHOP = linked(`type Query { order: Order } type Order { total: Int note: String }`);
const MASKED = linked(
  `type Query { order: Order } type Order { total: Int note: String @mask(strategy: HASH) }`,
);
const CARD = { signature: "{order{note total}}", clientName: "desk", authenticated: false, requests: 5 };

let folder = "";
beforeEach(async () => {
  folder = await scratchDirectory();
  write("shop.graphql", SHOP);
  write("masked.graphql", MASKED);
  write(
    "supergraph.yaml",
    "subgraphs:\n  shop: { routing_url: http://127.0.0.1:1, schema: { file: shop.graphql } }\n",
  );
  write("operations.jsonl", `${JSON.stringify(CARD)}\n\n`);
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function artifact(name: string, sdl: string): string {
  const composed = compose([{ name: "shop", url: "http://127.0.0.1:1", sdl }]);
  if (composed.kind === "refused") throw new Error(JSON.stringify(composed.findings));
  return write(name, JSON.stringify(composed.artifact));
}

function simulate(options: Partial<SimulateOptions>) {
  const operations = join(folder, "operations.jsonl");
  return simulateCommand({ operations, days: 30, allowPolicy: [], ...options }, {});
}

async function refusal(options: Partial<SimulateOptions>): Promise<string> {
  const error: unknown = await simulate(options).then(
    ({ error: found }) => found,
    (thrown) => thrown,
  );
  return error instanceof ClientError ? `${error.code}: ${error.message}` : "no refusal";
}

describe("dpg governance simulate", () => {
  test("tells who gets what masked by a changed subgraph, as a table", async () => {
    const config = join(folder, "supergraph.yaml");
    const schema = join(folder, "masked.graphql");
    const { text, error } = await simulate({ config, name: "shop", schema });
    expect(error).toBeUndefined();
    expect(text).toMatch(/desk +masked +Order\.note +5 .*HASH by @mask on Order\.note of shop: HASH/);
    expect(text).toContain("1 operations of 5 requests replayed");
  });

  test("compares two supergraphs, with and without a manifest", async () => {
    const [supergraph, candidate] = [artifact("before.json", SHOP), artifact("after.json", MASKED)];
    expect((await simulate({ supergraph, candidate })).text).toContain("of shop: HASH");
    expect((await simulate({ supergraph: candidate, candidate: supergraph })).text).toMatch(
      /desk +unmasked +Order\.note/,
    );
    expect((await simulate({ supergraph })).text).toContain("Nobody would notice.");
  });

  test("tells of what does not compose what a check would, and replays nothing", async () => {
    const schema = write("broken.graphql", SHOP.replace("note: String", "note: Nothing"));
    const { error, findings } = await simulate({
      config: join(folder, "supergraph.yaml"),
      name: "shop",
      schema,
    });
    expect([error?.code, findings?.[0]?.severity]).toEqual(["COMPOSITION_FAILED", "error"]);
  });

  test("names the line of a file that is none of recorded operations", async () => {
    const supergraph = artifact("before.json", SHOP);
    const operations = write("wrong.jsonl", `${JSON.stringify(CARD)}\n{"signature": 1}\n`);
    expect(await refusal({ supergraph, operations })).toMatch(/^USAGE: .*wrong\.jsonl, line 2: signature/);
    expect(await refusal({ supergraph, operations: write("text", "nothing") })).toMatch(
      /^USAGE: .*line 1: operation/,
    );
    expect(await refusal({ supergraph, operations: "/nowhere" })).toMatch(/^FILE_UNREADABLE/);
  });

  test("refuses what it could misunderstand, and asks no registry without a token", async () => {
    const supergraph = artifact("before.json", SHOP);
    const schema = join(folder, "masked.graphql");
    expect(await refusal({ name: "shop" })).toMatch(/^USAGE/);
    expect(await refusal({ name: "shop", schema, supergraph })).toMatch(/^USAGE/);
    expect(await refusal({ name: "shop", schema })).toMatch(/^DEPLOY_TOKEN_INVALID/);
    expect(await refusal({ supergraph, on: "tomorrow" })).toMatch(/^USAGE/);
  });
});
