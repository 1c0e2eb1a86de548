import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, cp, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../../shared/postgres/embedded-postgres.ts";
import { isDefunct } from "../../../shared/postgres/postmaster.ts";
import { query, withSession } from "../../testkit/query.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { spawnPostgres } from "../../testkit/spawn-postgres.ts";

async function start(dataDirectory: string, durable = false): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDirectory, durable });
  onTestFinished(() => server.stop());
  return server;
}

async function writeNote(adminUrl: string): Promise<string> {
  const text = randomUUID();
  await query(adminUrl, "CREATE TABLE note (text text)");
  await query(adminUrl, "INSERT INTO note VALUES ($1)", [text]);
  return text;
}

async function readNotes(adminUrl: string): Promise<readonly string[]> {
  const rows = await query<{ text: string }>(adminUrl, "SELECT text FROM note");
  return rows.map(({ text }) => text);
}

async function serverId(dataDirectory: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDirectory, "cluster/postmaster.pid"), "utf8"), 10);
}

function socketOf({ adminUrl }: { readonly adminUrl: string }): string {
  return new URL(adminUrl).searchParams.get("host") ?? "";
}

test("a second start finds the data of the first", async () => {
  const directory = await scratchDirectory();
  const first = await start(directory, true);
  const text = await writeNote(first.adminUrl);
  await first.stop();
  expect(await readNotes((await start(directory, true)).adminUrl)).toEqual([text]);
});

test("stopping twice is harmless and leaves neither a process nor a socket", async () => {
  const directory = await scratchDirectory();
  const server = await start(directory);
  const id = await serverId(directory);
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  expect(() => process.kill(id, 0)).toThrow("ESRCH");
  expect(existsSync(socketOf(server))).toBe(false);
});

test("stopping does not wait for clients that stay connected", async () => {
  const directory = await scratchDirectory();
  const server = await start(directory);
  await withSession(server.adminUrl, async (ask) => {
    await ask("BEGIN");
    const begun = Date.now();
    await server.stop();
    expect(Date.now() - begun).toBeLessThan(5_000);
  });
});

test("a start joins the server that outlived a killed process", async () => {
  const directory = await scratchDirectory();
  const killed = spawnPostgres({ dataDirectory: directory, durable: false });
  const { adminUrl = "" } = await killed.next();
  const text = await writeNote(adminUrl);
  const id = await serverId(directory);
  await killed.kill();
  const server = await start(directory);
  expect(await readNotes(server.adminUrl)).toEqual([text]);
  expect(await serverId(directory)).toBe(id);
  await server.stop();
  expect(existsSync(join(directory, "cluster/postmaster.pid"))).toBe(false);
});

test("a start recovers what was committed when the server itself was killed", async () => {
  const directory = await scratchDirectory();
  const killed = await start(directory, true);
  await withSession(killed.adminUrl, async (ask) => {
    const text = await writeNote(killed.adminUrl);
    // This session's process is still there when the new server looks for survivors.
    const sleeping = ask("SELECT pg_sleep(30)").catch(() => []);
    process.kill(await serverId(directory), "SIGKILL");
    const server = await start(directory, true);
    await sleeping;
    expect(await readNotes(server.adminUrl)).toEqual([text]);
    expect(socketOf(server)).not.toBe(socketOf(killed));
    expect(existsSync(socketOf(killed))).toBe(false);
  });
});

test("starts at the same time on a new directory share one server", async () => {
  const directory = await scratchDirectory();
  const processes = [1, 2].map(() => spawnPostgres({ dataDirectory: directory, durable: false }));
  onTestFinished(async () => {
    await Promise.all(processes.map((process) => process.stop()));
  });
  const own = [start(directory), start(directory)];
  const servers = [...(await Promise.all(own)), ...(await Promise.all(processes.map((each) => each.next())))];
  expect(new Set(servers.map(({ adminUrl }) => adminUrl))).toHaveLength(1);
  expect((await readdir(directory)).sort()).toEqual(["cluster", "server.log"]);
});

test("a start that was killed while it made the data directory leaves nothing a later one trips over", async () => {
  const directory = await scratchDirectory();
  const killed = spawnPostgres({ dataDirectory: directory, durable: false });
  while (!(await readdir(directory)).some((name) => name.startsWith("cluster.new-"))) await sleep(1);
  await sleep(100);
  await killed.kill();
  expect(await readdir(directory)).not.toContain("cluster");
  const server = await start(directory);
  await writeNote(server.adminUrl);
});

test("what an earlier killed start left behind is deleted once it is old", async () => {
  const directory = await scratchDirectory();
  const left = join(directory, "cluster.new-abcdef");
  await writeFile(left, "");
  const anHourAgo = Date.now() / 1000 - 3600;
  await utimes(left, anHourAgo, anHourAgo);
  await start(directory);
  expect(await readdir(directory)).not.toContain("cluster.new-abcdef");
});

test("a lock whose process number belongs to another process now is cleared", async () => {
  const directory = await scratchDirectory();
  await (await start(directory)).stop();
  await writeLock(directory, process.pid);
  await writeNote((await start(directory)).adminUrl);
});

test("the socket of a killed server goes with its lock while nobody has reaped its process", async () => {
  const directory = await scratchDirectory();
  await (await start(directory)).stop();
  const sockets = await mkdtemp(join(tmpdir(), "dpg-pg-"));
  // `exec` leaves the shell's child to a program that never asks how it ended.
  const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [id] = await once(parent.stdout, "data");
  await expect.poll(() => isDefunct(Number(id))).toBe(true);
  await writeLock(directory, Number(id), sockets);
  await writeNote((await start(directory)).adminUrl);
  expect(existsSync(sockets)).toBe(false);
});

test("an empty lock, left by a crash or a full disk, is cleared", async () => {
  const directory = await scratchDirectory();
  await (await start(directory)).stop();
  const lock = join(directory, "cluster/postmaster.pid");
  await writeFile(lock, "", { mode: 0o600 });
  const aMinuteAgo = Date.now() / 1000 - 60;
  await utimes(lock, aMinuteAgo, aMinuteAgo);
  await writeNote((await start(directory)).adminUrl);
});

test("a copy of a data directory gets a server of its own while the original runs", async () => {
  const [original, copy] = [await scratchDirectory(), await scratchDirectory()];
  await (await start(original)).stop();
  await cp(join(original, "cluster"), join(copy, "cluster"), { recursive: true });
  await giveTo(copy, original);
  const first = await start(original);
  await cp(join(original, "cluster/postmaster.pid"), join(copy, "cluster/postmaster.pid"));
  const second = await start(copy);
  expect(second.adminUrl).not.toBe(first.adminUrl);
  await writeNote(first.adminUrl);
  await expect(readNotes(second.adminUrl)).rejects.toThrow("does not exist");
});

test("a server whose socket was deleted is replaced by one that can be reached", async () => {
  const directory = await scratchDirectory();
  const first = await start(directory);
  const text = await writeNote(first.adminUrl);
  await rm(socketOf(first), { recursive: true });
  const second = await start(directory);
  expect(await readNotes(second.adminUrl)).toEqual([text]);
});

/** A lock as Postgres writes it: process, directory, start, port, socket folder, address, memory, status. */
async function writeLock(directory: string, id: number, sockets = "/tmp/dpg-pg-gone"): Promise<void> {
  const lines = [id, join(directory, "cluster"), 1, 5432, sockets, "", "", "ready   "];
  await writeFile(join(directory, "cluster/postmaster.pid"), `${lines.join("\n")}\n`, { mode: 0o600 });
}

/** Copies made by root belong to root; the server's user has to own its files. */
async function giveTo(copy: string, original: string): Promise<void> {
  const { uid, gid } = await stat(join(original, "cluster"));
  for (const name of [".", ...(await readdir(join(copy, "cluster"), { recursive: true }))]) {
    await chown(join(copy, "cluster", name), uid, gid);
  }
}
