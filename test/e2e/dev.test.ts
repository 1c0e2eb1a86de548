import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { freePort } from "../testkit/free-port.ts";
import { dpg, ROOT } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

const WAIT = { timeout: 20_000, interval: 100 };

describe("dpg dev", () => {
  let mesh: Mesh;
  let port: number;
  let subgraphUrl: string;
  const folder = mkdtempSync(join(tmpdir(), "dpg-dev-test-"));
  const schema = join(folder, "schema.graphql");
  const original = readFileSync(join(ROOT, "subgraphs/template/schema.graphql"), "utf8");
  const children: ChildProcess[] = [];
  const said = { out: "", err: "" };

  beforeAll(async () => {
    mesh = await Mesh.start();
    const local = await freePort();
    port = local + 1;
    subgraphUrl = `http://127.0.0.1:${local}/graphql`;
    writeFileSync(schema, original);
    start(["subgraph", "serve", "template", "--port", String(local)]);
    const watching = start([
      ...["dev", "--name", "template", "--schema", schema, "--url", subgraphUrl],
      ...["--port", String(port), "--format", "json"],
    ]);
    watching.stdout?.on("data", (chunk: Buffer) => {
      said.out += chunk;
    });
    watching.stderr?.on("data", (chunk: Buffer) => {
      said.err += chunk;
    });
    await vi.waitFor(() => fetch(subgraphUrl.replace("graphql", "health/live")), WAIT);
    await vi.waitFor(() => expect(events().length).toBe(1), WAIT);
  });
  afterAll(async () => {
    for (const child of children) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.kill("SIGTERM")) await ended;
    }
    await mesh.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, ["gateway/commands/dpg.mjs", ...args], {
      cwd: ROOT,
      env: { ...process.env, DPG_DATA_DIR: mesh.dataDirectory },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout?.resume();
    child.stderr?.resume();
    children.push(child);
    return child;
  }

  /** What it said of each composition so far. */
  function events() {
    return said.out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  async function ask(query: string, token?: string) {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify({ query }),
    });
    return JSON.parse(await response.text());
  }

  const fieldsOfItem = async () => {
    const { data } = await ask(`{ __type(name: "TemplateItem") { fields { name } } }`);
    return data.__type.fields.map(({ name }: { name: string }) => name);
  };

  test("serves the local subgraph together with the published rest, for the same tokens", async () => {
    expect(events()[0]).toMatchObject({
      json_version: "1",
      data: { composed: true, rest: 1, url: `http://127.0.0.1:${port}` },
      error: null,
    });
    const token = await mesh.personaToken("support-emea");
    const { data, errors } = await ask(
      "{ templateItems { id } orders(first: 1) { nodes { id region } } }",
      token,
    );
    expect(errors).toBe(undefined);
    expect(data).toMatchObject({
      templateItems: [{ id: "T1" }, { id: "T2" }],
      orders: { nodes: [{ region: "EMEA" }] },
    });
    expect((await mesh.query("{ templateItems { id } }")).status).toBe(400);
  });

  test("composes on every save and swaps without a restart", async () => {
    writeFileSync(
      schema,
      original.replace("  name: String!", `  name: String!\n  "In grams."\n  weight: Int`),
    );
    await expect.poll(fieldsOfItem, WAIT).toEqual(["id", "name", "weight"]);
    expect(events().at(-1)).toMatchObject({ data: { composed: true } });
  });

  test("what does not compose is told with its place, and the last good one stays", async () => {
    const before = events().length;
    writeFileSync(schema, original.replace("name: String!", "name: Nowhere!"));
    await expect.poll(() => events().length, WAIT).toBe(before + 1);
    const { data } = events().at(-1);
    expect(data).toMatchObject({ composed: false, url: `http://127.0.0.1:${port}` });
    expect(JSON.stringify(data.findings)).toContain("Nowhere");
    expect(await fieldsOfItem()).toContain("weight");
    writeFileSync(schema, original);
    await expect.poll(fieldsOfItem, WAIT).toEqual(["id", "name"]);
  });

  test("follows what others publish meanwhile", async () => {
    const parcel = join(folder, "parcel.graphql");
    writeFileSync(parcel, original.replaceAll("Template", "Parcel").replaceAll("template", "parcel"));
    const deploy = await mesh.token("--deploy", "parcel");
    const published = await dpg(
      ["subgraph", "publish", "--name", "parcel", "--schema", parcel, "--routing-url", subgraphUrl],
      { DPG_DATA_DIR: mesh.dataDirectory, DPG_TOKEN: deploy },
    );
    expect(published).toMatchObject({ code: 0 });
    await expect.poll(() => events().at(-1).data.rest, WAIT).toBe(2);
    expect((await ask(`{ __type(name: "ParcelItem") { name } }`)).data.__type).toEqual({
      name: "ParcelItem",
    });
  });
});
