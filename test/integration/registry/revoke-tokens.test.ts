import { expect, onTestFinished, test } from "vitest";
import { startTokenMaker } from "../../../gateway/commands/token-maker.ts";
import { query } from "../../testkit/query.ts";
import { startRegistry } from "../../testkit/start-registry.ts";

test("a maker's tokens that still hold end together, others' go on, and each end is on record", async () => {
  const mesh = await startRegistry();
  onTestFinished(() => mesh.stop());
  const { tokens } = mesh.registry;
  const [one, two, ended] = [
    await tokens.create("pet", 60, "npm start in /a"),
    await tokens.create("toy", 60, "npm start in /a"),
    await tokens.create("toy", 60, "npm start in /a"),
  ];
  const others = await tokens.create("pet", 60, "npm start in /b");
  await tokens.revoke(ended.id, "somebody");
  await tokens.revokeAllBy("npm start in /a");
  for (const { token } of [one, two, ended])
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: "DEPLOY_TOKEN_INVALID" });
  expect(await tokens.verify(others.token)).toMatchObject({ id: others.id });
  const ENDS = "SELECT actor, subject FROM act WHERE verb = 'revoke token' ORDER BY actor, at, subject";
  const ends = await query(mesh.database.ownerUrl, ENDS);
  expect(ends.map(({ actor, subject }) => `${actor} ${subject}`).sort()).toEqual(
    [`npm start in /a ${one.id}`, `npm start in /a ${two.id}`, `somebody ${ended.id}`].sort(),
  );
  await tokens.revokeAllBy("npm start in /a");
  expect(await query(mesh.database.ownerUrl, ENDS)).toEqual(ends);
});

test("a start ends the tokens of those before it that are gone, however they ended, and of nobody who runs", async () => {
  const mesh = await startRegistry();
  onTestFinished(() => mesh.stop());
  const { tokens } = mesh.registry;
  const start = async (kind = "npm start in /a") => {
    const maker = await startTokenMaker(tokens, mesh.database.applicationUrl, kind);
    onTestFinished(() => maker.stop());
    return { ...maker, token: (await tokens.create("pet", 60, maker.name)).token };
  };
  const holds = (token: string) =>
    tokens.verify(token).then(
      () => true,
      () => false,
    );
  const { token: ofOlderVersion } = await tokens.create("pet", 60, "npm start in /a");
  const elsewhere = await start("npm start in /a #1/b");
  const [first, second] = [await start(), await start()];
  expect(await holds(ofOlderVersion)).toBe(false);
  expect(await Promise.all([first, second, elsewhere].map(({ token }) => holds(token)))).toEqual([
    true,
    true,
    true,
  ]);

  await first.stop();
  await elsewhere.stop();
  const third = await start();
  expect(await Promise.all([first, second, third, elsewhere].map(({ token }) => holds(token)))).toEqual([
    false,
    true,
    true,
    true,
  ]);

  // As after kill -9: its connection is cut.
  await query(
    mesh.database.applicationUrl,
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = $1",
    [Number(second.name.split("#")[1])],
  );
  const fourth = await start();
  expect(await Promise.all([second, third, fourth].map(({ token }) => holds(token)))).toEqual([
    false,
    true,
    true,
  ]);
});
