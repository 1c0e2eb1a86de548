import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dpg } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

const CLIENT = { "apollographql-client-name": "order-desk", "apollographql-client-version": "3.2" };

describe("what applications use is what a domain team may not remove", () => {
  let mesh: Mesh;
  let token = "";
  const workspace = mkdtempSync(join(tmpdir(), "dpg-usage-"));
  const schema = join(workspace, "order.graphql");

  beforeAll(async () => {
    mesh = await Mesh.start({ env: { DPG_USAGE_INTERVAL_MS: "200", DEMO: "off" } });
    token = await mesh.token("--deploy", "order");
  });
  afterAll(async () => {
    await mesh.remove();
    rmSync(workspace, { recursive: true, force: true });
  });

  const team = (...args: readonly string[]) =>
    dpg(args, { DPG_DATA_DIR: mesh.dataDirectory, DPG_TOKEN: token });

  /** The published schema without one field. */
  async function without(field: RegExp): Promise<string> {
    const { stdout: sdl } = await team("subgraph", "fetch", "--name", "order");
    const changed = sdl.replace(field, "");
    expect(changed).not.toBe(sdl);
    writeFileSync(schema, changed);
    return changed;
  }

  const CHECK = ["subgraph", "check", "--name", "order", "--schema", schema];
  const PLACED_AT = /\n[^\n]*\n {2}placedAt: [^\n]*/;

  test("before anything is recorded, removing a field is refused", async () => {
    await without(PLACED_AT);
    const { code, stderr } = await team(...CHECK);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error\[BREAKING_CHANGE\].*Order\.placedAt.*No usage is recorded/);
  });

  test("a removed field in use is refused and names the application, in text, JSON and annotations", async () => {
    const answer = await mesh.query("query Desk { orders(first: 1) { nodes { id placedAt } } }", {
      persona: "support-emea",
      headers: CLIENT,
    });
    expect(answer.errors).toEqual([]);
    const deadline = Date.now() + 10_000;
    let text = await team(...CHECK);
    while (!text.stderr.includes("order-desk") && Date.now() < deadline) text = await team(...CHECK);
    expect(text.code).toBe(1);
    expect(text.stderr).toMatch(
      /error\[BREAKING_CHANGE\] \(order \d+:\d+ Order\.placedAt\): .* Used by order-desk 3\.2: .*\n {2}affects: order-desk 3\.2, Desk: 1 requests, last 20/,
    );
    const { stdout, code } = await team(...CHECK, "--format", "json");
    expect(code).toBe(1);
    const { data, error } = JSON.parse(stdout);
    expect(error.code).toBe("BREAKING_CHANGE");
    expect(data.findings).toContainEqual(
      expect.objectContaining({
        code: "BREAKING_CHANGE",
        coordinate: "Order.placedAt",
        affected: [expect.objectContaining({ clientName: "order-desk", operationName: "Desk" })],
      }),
    );
    const github = await team(...CHECK, "--format", "github");
    expect(github.stdout).toMatch(
      new RegExp(`::error file=${schema},line=\\d+,col=\\d+,title=BREAKING_CHANGE::.*order-desk 3.2`),
    );
    const refused = await team("subgraph", "publish", ...CHECK.slice(2));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("order-desk 3.2")]);
  });

  test("use below a threshold, or of a field that nobody asked for, is a warning", async () => {
    const tolerated = await team(...CHECK, "--threshold", "100", "--window", "7");
    expect(tolerated).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/warning\[BREAKING_CHANGE\].*order-desk/),
    });
    await without(/\n[^\n]*\n {2}currency: [^\n]*/);
    const unused = await team(...CHECK);
    expect(unused.stderr).toMatch(/warning\[BREAKING_CHANGE\].*No application used it/);
    expect(unused).toMatchObject({ code: 0, stderr: expect.stringContaining("REMOVED_WITHOUT_DEPRECATION") });
  });
});
