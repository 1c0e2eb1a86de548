import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { startGateway } from "../../../gateway/gateway.ts";
import { followPostgres } from "../../../gateway/registry/follow-postgres.ts";
import { createLog } from "../../../shared/log.ts";
import { linked } from "../../testkit/compose-schemas.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { startRegistry } from "../../testkit/start-registry.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const act of cleanUp.splice(0).reverse()) await act();
});

const petSdl = (tagged: string) => linked(`type Query { ${tagged} tail: Int }`);

test("contracts follow the registry: what a new generation tags is shown, what it no longer tags is gone", async () => {
  const mesh = await startRegistry();
  cleanUp.push(() => mesh.stop());
  const directory = await scratchDirectory((remove) => cleanUp.push(remove));
  await mesh.publish("pet", petSdl(`name: Int @tag(name: "public") age: Int`));
  const gateway = await startGateway({
    config: { ...readConfig(null, {}), port: 0, contracts: { public: { include: ["public"], exclude: [] } } },
    follow: {
      feed: followPostgres(mesh.registry.store, mesh.database.applicationUrl),
      publicKey: mesh.publicKey,
      lastGoodFile: join(directory, "last-good.json"),
      pollMs: 100,
    },
    log: createLog({ name: "gateway", level: "silent" }),
  });
  cleanUp.push(() => gateway.stop());

  const fields = async (path: string): Promise<string> => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __schema { queryType { fields { name } } } }" }),
    });
    const { data } = JSON.parse(await response.text());
    return data.__schema.queryType.fields.map(({ name }: { name: string }) => name).join(" ");
  };
  expect([await fields("/graphql/public"), await fields("/graphql")]).toEqual(["name", "name age tail"]);

  await mesh.publish("pet", petSdl(`name: Int age: Int @tag(name: "public")`));
  await expect.poll(() => fields("/graphql/public"), { timeout: 10_000 }).toBe("age");

  await mesh.publish("pet", petSdl("name: Int age: Int"));
  const refused = async () =>
    (await (await fetch(`${gateway.url}/metrics`)).text()).match(/refused_total (\d)/)?.[1];
  await expect.poll(refused, { timeout: 10_000 }).toBe("1");
  expect(await fields("/graphql/public")).toBe("age");
});
