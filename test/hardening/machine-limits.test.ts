import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openFileArchive } from "../../gateway/audit/file-audit-store.ts";
import { verifyAudit } from "../../gateway/audit/verify-audit.ts";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, type ServedSubgraphs, serveSubgraphs, trust } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const SDL = `extend schema
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@audit"])
type Query { open: Int watched: Int @audit(level: DURABLE) }`;

let issuer: TokenIssuer;
let subgraphs: ServedSubgraphs;
let gateway: ServeProcess;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  const resolvers = { Query: { open: () => 1, watched: () => 2 } };
  subgraphs = await serveSubgraphs({ numbers: { sdl: SDL, resolvers } });
});
afterEach(() => gateway.stop());
afterAll(async () => {
  await subgraphs.stop();
  await issuer.stop();
});

interface Answer {
  readonly data: { readonly open: number; readonly watched?: number | null };
  readonly errors?: unknown;
}

async function ask(query: string): Promise<Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${issuer.token()}` },
    body: JSON.stringify({ query }),
  });
  return JSON.parse(await response.text());
}

test("110: EMFILE: where the process may open no more files and sockets, it lives, and serves again once there are fewer", async () => {
  const FILES = 600;
  gateway = await ServeProcess.start({
    supergraphSdl: composeOurs(subgraphs.sources),
    config: { auth: { issuers: [trust(issuer)] } },
    shell: `ulimit -n ${FILES}`,
  });
  expect(await ask("{ open }")).toEqual({ data: { open: 1 } });
  const { hostname, port } = new URL(gateway.url);
  const sockets: Socket[] = [];
  let refused = 0;
  for (let number = 0; number < FILES + 200; number += 1) {
    const socket = connect(Number(port), hostname).on("error", () => {});
    socket.once("close", () => {
      refused += 1;
    });
    sockets.push(socket);
    await Promise.race([once(socket, "connect"), once(socket, "close")]);
  }
  // Those for which there was no descriptor are closed, or left to wait; nothing ends the process.
  await expect.poll(() => refused, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(gateway.child.exitCode).toBeNull();
  for (const socket of sockets) socket.destroy();
  await expect
    .poll(() => ask("{ open }").catch(() => null), { timeout: 20_000 })
    .toEqual({ data: { open: 1 } });
});

test("110: disk full (here a limit of the size of files): what has to be recorded is held back with a code, all else is served, and nothing that was recorded is damaged", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dpg-full-"));
  gateway = await ServeProcess.start({
    supergraphSdl: composeOurs(subgraphs.sources),
    config: { auth: { issuers: [trust(issuer)] }, audit: { directory } },
    // 16 KB a file. Without its signal, writing more fails as on a full disk.
    shell: "trap '' XFSZ; ulimit -f 16",
  });
  let delivered = 0;
  let held: unknown = null;
  for (let number = 0; number < 200 && held === null; number += 1) {
    const { data, errors } = await ask("{ open watched }");
    expect(data.open).toBe(1);
    if (data.watched === 2) delivered += 1;
    else held = errors;
  }
  expect(delivered).toBeGreaterThan(0);
  expect(held).toEqual([
    expect.objectContaining({ extensions: expect.objectContaining({ code: "AUDIT_UNAVAILABLE" }) }),
  ]);
  expect(await ask("{ open }")).toEqual({ data: { open: 1 } });
  expect(gateway.child.exitCode).toBeNull();
  await gateway.stop();
  const archive = openFileArchive(directory);
  expect((await verifyAudit(archive)).problems).toEqual([]);
  let recorded = 0;
  for await (const _ of archive.deliveries({ since: 0 })) recorded += 1;
  expect(recorded).toBeGreaterThanOrEqual(delivered);
  rmSync(directory, { recursive: true, force: true });
});
