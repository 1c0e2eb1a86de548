import { chmod, chown, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startEmbeddedPostgres } from "../../../shared/postgres/embedded-postgres.ts";
import { ORDINARY_USER } from "../../testkit/ordinary-user.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { copyLauncher, type PostgresAnswer, spawnPostgres } from "../../testkit/spawn-postgres.ts";

/** A data directory that was in use and is not any more. */
async function usedDirectory(): Promise<string> {
  const directory = await scratchDirectory();
  await (await startEmbeddedPostgres({ dataDirectory: directory, durable: false })).stop();
  return directory;
}

async function expectRefusal(dataDirectory: string, ...texts: readonly string[]): Promise<void> {
  const refusal = startEmbeddedPostgres({ dataDirectory, durable: false });
  await expect(refusal).rejects.toMatchObject({ name: "ClientError", code: "POSTGRES_START_FAILED" });
  for (const text of [dataDirectory, ...texts]) await expect(refusal).rejects.toThrow(text);
}

async function startAsOrdinaryUser(dataDirectory: string): Promise<PostgresAnswer> {
  const project = await scratchDirectory();
  await copyLauncher(project);
  const process = spawnPostgres({ dataDirectory, durable: false, user: ORDINARY_USER }, { project });
  onTestFinished(() => process.stop());
  return await process.next();
}

test("a data directory without its control file is called damaged", async () => {
  const directory = await usedDirectory();
  await rm(join(directory, "cluster/global/pg_control"));
  await expectRefusal(directory, "damaged", "pg_control");
});

test("a data directory whose transaction log is gone is called damaged", async () => {
  const directory = await usedDirectory();
  const log = join(directory, "cluster/pg_wal");
  for (const name of await readdir(log)) await rm(join(log, name), { recursive: true });
  await expectRefusal(directory, "damaged", "checkpoint");
});

test("a data directory with a truncated configuration or no version is called damaged", async () => {
  const directory = await usedDirectory();
  await rm(join(directory, "cluster/PG_VERSION"));
  await expectRefusal(directory, "damaged");
  await writeFile(join(directory, "cluster/PG_VERSION"), "18\n");
  await truncate(join(directory, "cluster/global/pg_control"), 10);
  await expectRefusal(directory, "damaged");
});

test("data of another version of Postgres is named as such and left alone", async () => {
  const directory = await usedDirectory();
  await writeFile(join(directory, "cluster/PG_VERSION"), "17\n");
  await expectRefusal(directory, "another version of Postgres", "17");
  expect(await readFile(join(directory, "cluster/PG_VERSION"), "utf8")).toBe("17\n");
});

test("a file where the data directory should be is named", async () => {
  const directory = await scratchDirectory();
  const file = join(directory, "file");
  await writeFile(file, "");
  await expectRefusal(file, "a file stands where");
  await expectRefusal(join(file, "below"), "a file stands where");
});

test("a full disk is named as the server reports it", async () => {
  const directory = await usedDirectory();
  await rm(join(directory, "cluster/postmaster.opts"));
  // Every write to this device fails with ENOSPC.
  await symlink("/dev/full", join(directory, "cluster/postmaster.opts"));
  await expectRefusal(directory, "the disk is full", "No space left on device");
});

test("a directory that the user may not write is named, with the remedy", async () => {
  const home = await scratchDirectory();
  const readOnly = join(home, "read-only");
  await mkdir(readOnly);
  await chown(readOnly, ORDINARY_USER.uid, ORDINARY_USER.gid);
  await chmod(readOnly, 0o555);
  const inside = await startAsOrdinaryUser(join(readOnly, ".data"));
  expect(inside).toMatchObject({ code: "POSTGRES_START_FAILED" });
  expect(inside.message).toContain("permission denied");
  expect(inside.message).toContain("writable");
  const itself = await startAsOrdinaryUser(readOnly);
  expect(itself.message).toContain("permission denied");
});

test("another user's data is refused and left alone", async () => {
  const directory = await usedDirectory();
  const cluster = join(directory, "cluster");
  // As for another user: closed even to the one who runs this test.
  if (process.getuid?.() !== 0) await chmod(cluster, 0o000);
  onTestFinished(() => chmod(cluster, 0o700));
  const refused = await startAsOrdinaryUser(directory);
  expect(refused).toMatchObject({ code: "POSTGRES_START_FAILED" });
  expect(refused.message).toContain("permission denied");
});

test("a system without binaries is named, with DATABASE_URL as the way out", async () => {
  const { arch } = process;
  Object.defineProperty(process, "arch", { value: "riscv64" });
  onTestFinished(() => {
    Object.defineProperty(process, "arch", { value: arch });
  });
  const refusal = startEmbeddedPostgres({ dataDirectory: await scratchDirectory() });
  await expect(refusal).rejects.toMatchObject({ code: "PLATFORM_UNSUPPORTED" });
  await expect(refusal).rejects.toThrow(/riscv64.*DATABASE_URL/);
});
