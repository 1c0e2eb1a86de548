import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifyGeneration } from "../../../gateway/supergraph/signed-generation.ts";
import { query } from "../../testkit/query.ts";
import {
  deployerOf,
  domainSdl,
  linked,
  STEWARD,
  startRegistry,
  type TestRegistry,
} from "../../testkit/start-registry.ts";

const MASKED = domainSdl(
  "Person",
  `email: String @classification(level: RESTRICTED) @mask(strategy: EMAIL, unlessScopes: ["pii"])`,
);
const LOOSER = MASKED.replace(`["pii"]`, `["pii", "basic"]`);

describe("publishing", () => {
  let mesh: TestRegistry;
  beforeEach(async () => {
    mesh = await startRegistry();
  });
  afterEach(() => mesh.stop());

  test("makes signed generations that a gateway can verify, and a history with author and reason", async () => {
    const first = await mesh.publish("person", MASKED);
    const second = await mesh.publish("pet", domainSdl("Pet", "name: String"));
    expect([first.generation, second.generation]).toEqual([1, 2]);
    const latest = await mesh.registry.store.generation(null);
    if (!latest) throw new Error("nothing was published");
    expect(verifyGeneration(latest, mesh.publicKey)).toMatchObject({ number: 2, hash: second.hash });
    expect(await mesh.registry.store.history(10)).toMatchObject([
      {
        number: 2,
        author: "pet/test",
        reason: "test",
        subgraphs: [
          { name: "person", version: 1 },
          { name: "pet", version: 1 },
        ],
      },
      { number: 1, author: "person/test", subgraphs: [{ name: "person" }] },
    ]);
  });

  test("changes nothing where the same is published again", async () => {
    await mesh.publish("person", MASKED);
    expect(await mesh.publish("person", MASKED)).toMatchObject({ generation: 1, changed: false });
    expect(await mesh.registry.store.latestNumber()).toBe(1);
  });

  test("62: refuses to drop or loosen a mask, and publishes it once the governance team approved this very text", async () => {
    await mesh.publish("person", MASKED);
    await expect(mesh.publish("person", LOOSER)).rejects.toMatchObject({
      code: "GOVERNANCE_LOOSENED",
      extensions: {
        findings: expect.arrayContaining([
          expect.objectContaining({
            code: "GOVERNANCE_LOOSENED",
            coordinate: "Person.email",
            severity: "error",
          }),
        ]),
      },
    });
    const change = {
      changes: [{ name: "person", source: { sdl: LOOSER, url: "http://127.0.0.1:1/person" } }],
      reason: "",
    };
    await expect(
      mesh.registry.check({ ...change, actor: deployerOf("person"), approve: true }),
    ).rejects.toMatchObject({ code: "GOVERNANCE_TEAM_ONLY" });
    await mesh.registry.check({ ...change, actor: STEWARD, approve: true });
    expect(await mesh.publish("person", LOOSER)).toMatchObject({ generation: 2 });
    await expect(
      mesh.publish("person", LOOSER.replace(/@mask\(.*?\)/, `@requiresScopes(scopes: [["basic"]])`)),
    ).rejects.toMatchObject({ code: "GOVERNANCE_LOOSENED" });
  });

  test("62: an approval holds for one publish: what was loosened and tightened again is not loosened with it", async () => {
    const change = {
      changes: [{ name: "person", source: { sdl: LOOSER, url: "http://127.0.0.1:1/person" } }],
      reason: "",
      actor: STEWARD,
      approve: true,
    };
    await mesh.publish("person", MASKED);
    await mesh.registry.check(change);
    await mesh.publish("person", LOOSER);
    await mesh.publish("person", MASKED);
    await expect(mesh.publish("person", LOOSER)).rejects.toMatchObject({ code: "GOVERNANCE_LOOSENED" });
    await mesh.registry.publish(change);
    await mesh.registry.rollBack(STEWARD, 3, "too loose");
    await expect(mesh.publish("person", LOOSER)).rejects.toMatchObject({ code: "GOVERNANCE_LOOSENED" });
    await mesh.registry.check(change);
    expect(await mesh.publish("person", LOOSER)).toMatchObject({ changed: true });
  });

  test("62: an approval that was not used ends with the next publish of its subgraph", async () => {
    const change = {
      changes: [{ name: "person", source: { sdl: LOOSER, url: "http://127.0.0.1:1/person" } }],
      reason: "",
    };
    await mesh.publish("person", MASKED);
    await mesh.registry.check({ ...change, actor: STEWARD, approve: true });
    await mesh.publish("person", `${MASKED} type Other { x: Int }`);
    await expect(mesh.publish("person", LOOSER)).rejects.toMatchObject({ code: "GOVERNANCE_LOOSENED" });
  });

  test.each([
    ["@authenticated", "name: String @authenticated", "name: String"],
    [
      "scopes",
      `name: String @requiresScopes(scopes: [["a", "b"]])`,
      `name: String @requiresScopes(scopes: [["a"]])`,
    ],
    [
      "a classification",
      "name: String @classification(level: CONFIDENTIAL)",
      "name: String @classification(level: INTERNAL)",
    ],
    ["a mask", `name: String @mask(strategy: HASH)`, `name: String @mask(strategy: LAST_N, n: 4)`],
  ])("refuses to loosen %s, and takes the reverse", async (_rule, strict, loose) => {
    await mesh.publish("person", domainSdl("Person", strict));
    await expect(mesh.publish("person", domainSdl("Person", loose))).rejects.toMatchObject({
      code: "GOVERNANCE_LOOSENED",
    });
    await mesh.publish("thing", domainSdl("Thing", loose));
    const stricter = mesh.publish("thing", domainSdl("Thing", strict));
    if (strict.includes("@mask"))
      await expect(stricter).rejects.toMatchObject({ code: "GOVERNANCE_LOOSENED" });
    else expect(await stricter).toMatchObject({ changed: true });
  });

  test("refuses to remove a row filter", async () => {
    const filtered = linked(
      `type Query { item: Item } type Item @key(fields: "id") @rowFilter(field: "region", claim: "region") { id: ID! region: String! }`,
    );
    await mesh.publish("item", filtered);
    await expect(mesh.publish("item", filtered.replace(/@rowFilter\(.*?\)/, ""))).rejects.toMatchObject({
      code: "GOVERNANCE_LOOSENED",
    });
  });

  test("refuses what breaks clients, unless the domain accepts it or the field was deprecated", async () => {
    await mesh.publish("pet", domainSdl("Pet", `name: String old: String @deprecated(reason: "use name")`));
    await expect(mesh.publish("pet", domainSdl("Pet", "old: String"))).rejects.toMatchObject({
      code: "BREAKING_CHANGE",
      extensions: { findings: expect.arrayContaining([expect.objectContaining({ coordinate: "Pet.name" })]) },
    });
    expect(await mesh.publish("pet", domainSdl("Pet", "name: String"))).toMatchObject({ generation: 2 });
    const changes = [{ name: "pet", source: { sdl: domainSdl("Pet", ""), url: "http://127.0.0.1:1/pet" } }];
    expect(
      await mesh.registry.publish({
        actor: deployerOf("pet"),
        changes,
        reason: "gone",
        acceptBreaking: true,
      }),
    ).toMatchObject({ generation: 3 });
  });

  test("says line and column of what does not compose", async () => {
    await mesh.publish("pet", domainSdl("Pet", "name: String"));
    await expect(
      mesh.publish(
        "dog",
        linked(`type Query { dog: Pet }\ntype Pet @key(fields: "id") { id: ID! name: Int }`),
      ),
    ).rejects.toMatchObject({
      code: "COMPOSITION_FAILED",
      extensions: {
        findings: expect.arrayContaining([
          expect.objectContaining({
            code: "FIELD_TYPE_MISMATCH",
            location: expect.objectContaining({ line: expect.any(Number) }),
          }),
        ]),
      },
    });
    await expect(mesh.publish("dog", "type Query { dog: }")).rejects.toMatchObject({
      extensions: {
        findings: [expect.objectContaining({ code: "INVALID_GRAPHQL", location: { line: 1, column: 19 } })],
      },
    });
  });

  test("lets a domain touch only its own subgraphs", async () => {
    await mesh.publish("pet", domainSdl("Pet", "name: String"));
    const changes = [{ name: "pet", source: { sdl: domainSdl("Pet"), url: "http://127.0.0.1:1/" } }];
    await expect(
      mesh.registry.publish({ actor: deployerOf("person"), changes, reason: "" }),
    ).rejects.toMatchObject({ code: "SUBGRAPH_NOT_YOURS" });
    await expect(
      mesh.registry.publish({
        actor: deployerOf("person"),
        changes: [{ name: "pet", source: null }],
        reason: "",
      }),
    ).rejects.toMatchObject({ code: "SUBGRAPH_NOT_YOURS" });
    expect(await mesh.registry.store.acts(1)).toMatchObject([
      { actor: "person/test", outcome: "SUBGRAPH_NOT_YOURS" },
    ]);
  });

  test("118: eight publishers at once get a linear history", async () => {
    await mesh.publish("person", MASKED);
    const registries = Array.from({ length: 4 }, () => mesh.another());
    const names = Array.from({ length: 8 }, (_, index) => `domain${index}`);
    const numbers = await Promise.all(
      names.map(async (name, index) => {
        const changes = [
          { name, source: { sdl: domainSdl(`T${index}`, "x: Int"), url: "http://127.0.0.1:1/" } },
        ];
        return (await registries[index % 4]?.publish({ actor: deployerOf(name), changes, reason: "race" }))
          ?.generation;
      }),
    );
    expect([...numbers].sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    const history = await mesh.registry.store.history(20);
    expect(history.map(({ number, subgraphs }) => [number, subgraphs.length])).toEqual(
      [9, 8, 7, 6, 5, 4, 3, 2, 1].map((number) => [number, number]),
    );
  });

  test("118: of two who change the same subgraph one gets a conflict, and so does who expects an older generation", async () => {
    await mesh.publish("pet", domainSdl("Pet", "name: String"));
    const other = mesh.another();
    const attempt = (registry: typeof other, field: string, expected: number | null = null) =>
      registry.publish({
        actor: deployerOf("pet"),
        changes: [
          {
            name: "pet",
            source: { sdl: domainSdl("Pet", `name: String ${field}: Int`), url: "http://127.0.0.1:1/pet" },
          },
        ],
        reason: "",
        expected,
        acceptBreaking: true,
      });
    const results = await Promise.allSettled([attempt(mesh.registry, "a"), attempt(other, "b")]);
    const lost = results.find((item) => item.status === "rejected");
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(lost).toMatchObject({ reason: { code: "CONFLICT" } });
    await expect(attempt(other, "c", 1)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await attempt(other, "d", 2)).toMatchObject({ generation: 3 });
  });

  test("120: rolls back to byte-identical content under a new number, governance team only", async () => {
    const first = await mesh.publish("pet", domainSdl("Pet", "name: String"));
    await mesh.publish("person", MASKED);
    await expect(mesh.registry.rollBack(deployerOf("pet"), 1, "")).rejects.toMatchObject({
      code: "GOVERNANCE_TEAM_ONLY",
    });
    expect(await mesh.registry.rollBack(STEWARD, 1, "person leaks")).toMatchObject({
      generation: 3,
      hash: first.hash,
    });
    const [one, three] = await Promise.all([
      mesh.registry.store.generation(1),
      mesh.registry.store.generation(3),
    ]);
    expect(three?.content).toBe(one?.content);
    expect((await mesh.registry.store.head())?.members.map(({ name }) => name)).toEqual(["pet"]);
    await expect(mesh.registry.rollBack(STEWARD, 77, "")).rejects.toMatchObject({
      code: "GENERATION_NOT_FOUND",
    });
  });

  test("122: the order in which subgraphs are published does not matter to the content", async () => {
    await mesh.publish("pet", domainSdl("Pet", "name: String"));
    const { hash } = await mesh.publish("person", MASKED);
    const other = await startRegistry();
    await other.publish("person", MASKED);
    expect((await other.publish("pet", domainSdl("Pet", "name: String"))).hash).toBe(hash);
    await other.stop();
  });

  test("deletes a subgraph, and gives its version numbers to nobody", async () => {
    await mesh.publish("pet", domainSdl("Pet", "name: String"));
    await mesh.publish("person", MASKED);
    const removal = { actor: deployerOf("pet"), changes: [{ name: "pet", source: null }], reason: "" };
    await expect(mesh.registry.publish(removal)).rejects.toMatchObject({ code: "BREAKING_CHANGE" });
    expect(await mesh.registry.publish({ ...removal, acceptBreaking: true })).toMatchObject({
      generation: 3,
    });
    await expect(mesh.registry.publish(removal)).rejects.toMatchObject({ code: "SUBGRAPH_NOT_FOUND" });
    await mesh.publish("pet", domainSdl("Pet", "name: String"));
    expect((await mesh.registry.store.head())?.members).toMatchObject([
      { name: "person", version: 1 },
      { name: "pet", version: 2 },
    ]);
  });

  test("cannot rewrite what was published or recorded, also not with the service's own connection", async () => {
    await mesh.publish("pet", domainSdl("Pet", "name: String"));
    const forged = createHash("sha256").digest("hex");
    for (const statement of [
      "UPDATE generation SET author = 'x'",
      "UPDATE subgraph_version SET sdl = 'x'",
      `UPDATE artifact SET hash = '${forged}'`,
      "DELETE FROM act",
      "UPDATE act SET actor = 'x'",
    ])
      await expect(query(mesh.database.applicationUrl, statement)).rejects.toThrow(/written once/);
  });
});

test("keeps as many generations as it is told, and their artifacts only", async () => {
  const mesh = await startRegistry({ keep: 3 });
  for (let index = 0; index < 6; index += 1)
    await mesh.publish(
      "pet",
      domainSdl("Pet", Array.from({ length: index + 1 }, (_, n) => `f${n}: Int`).join(" ")),
    );
  expect((await mesh.registry.store.history(10)).map(({ number }) => number)).toEqual([6, 5, 4]);
  const [counts] = await query(
    mesh.database.ownerUrl,
    "SELECT (SELECT count(*) FROM artifact)::int AS artifacts, (SELECT count(*) FROM subgraph_version)::int AS versions, (SELECT count(*) FROM act WHERE verb = 'publish')::int AS acts",
  );
  expect(counts).toEqual({ artifacts: 3, versions: 3, acts: 6 });
  await mesh.stop();
});
