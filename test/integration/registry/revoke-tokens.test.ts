import { expect, onTestFinished, test } from "vitest";
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
