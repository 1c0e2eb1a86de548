import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Artifact } from "../../../gateway/registry/compose.ts";
import { verifyGeneration } from "../../../gateway/supergraph/signed-generation.ts";
import { describePets, petSchema } from "../../testkit/describe-product.ts";
import { deployerOf, STEWARD, startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";

const url = "http://127.0.0.1:1/pet";

describe("a descriptor that comes with a publish", () => {
  let tested: TestRegistry;
  beforeAll(async () => {
    tested = await startRegistry();
  });
  afterAll(() => tested.stop());

  const publish = (source: { sdl: string; product?: string | null }, actor = deployerOf("pet")) =>
    tested.registry.publish({
      actor,
      changes: [{ name: "pet", source: { url, ...source } }],
      reason: "test",
    });
  const head = async () => {
    const found = await tested.registry.store.head();
    if (!found) throw new Error("nothing is published");
    const artifact: Artifact = JSON.parse(found.content);
    return { ...found, artifact };
  };

  test("is kept with the subgraph's version, and part of what is signed", async () => {
    await publish({ sdl: petSchema(), product: describePets() });
    const { members, artifact, number, content, signature } = await head();
    expect(members).toMatchObject([{ name: "pet", version: 1, product: describePets() }]);
    expect(artifact.products).toMatchObject([{ subgraph: "pet", descriptor: { id: "pet.pets" } }]);
    expect(verifyGeneration({ number, content, signature }, tested.publicKey).hash).toBe(artifact.hash);
    const forged = content.replace("Feeding them.", "Selling them.");
    expect(() => verifyGeneration({ number, content: forged, signature }, tested.publicKey)).toThrow(
      expect.objectContaining({ code: "ARTIFACT_REFUSED" }),
    );
  });

  test("stays where a publish sends none, and makes a version where only it changes", async () => {
    expect(await publish({ sdl: petSchema() })).toMatchObject({ changed: false });
    await publish({ sdl: petSchema("", "age: Int") });
    expect((await head()).members).toMatchObject([{ version: 2, product: describePets() }]);
    const next = describePets({ purpose: "Feeding and walking them." });
    expect(await publish({ sdl: petSchema("", "age: Int"), product: next })).toMatchObject({ changed: true });
    expect((await head()).members).toMatchObject([{ version: 3, product: next }]);
  });

  test("is refused where it disagrees, and nothing is published", async () => {
    const before = await head();
    const sdl = petSchema(
      `@dataProduct(id: "pet.pets", domain: "pet", version: "2.0.0", status: ACTIVE)`,
      "age: Int",
    );
    await expect(publish({ sdl })).rejects.toMatchObject({
      code: "GOVERNANCE_REFUSED",
      extensions: { findings: [{ code: "PRODUCT_DISAGREES" }] },
    });
    expect((await head()).number).toBe(before.number);
  });

  test("of another domain is refused, and the attempt recorded", async () => {
    const product = describePets({ id: "zoo.pets", domain: "zoo" });
    await expect(publish({ sdl: petSchema("", "age: Int"), product })).rejects.toMatchObject({
      code: "SUBGRAPH_NOT_YOURS",
    });
    expect(await tested.registry.store.acts(1)).toMatchObject([
      { actor: "pet/test", verb: "touch", outcome: "SUBGRAPH_NOT_YOURS" },
    ]);
  });

  // The first is of another domain: whoever cannot read a descriptor cannot say whose it is (levels: where the stack of
  // one thread held what that of another did not).
  test.each([
    ["nests too deep", /nest more than 64 deep/, [70, 900, 1500, 1800, 2500].map(nestedPets)],
    ["is no YAML", /product\.yaml: .*line 1/s, ["a: ["]],
    ["is empty", /\(top\)/, [""]],
    ["has wrong entries", /version: /, [describePets({ id: "zoo.pets", domain: "zoo", version: "1" })]],
  ])(
    "that %s is refused with the reason, checked or published, and the attempt recorded",
    async (_name, message, all) => {
      const before = await head();
      const changes = (product: string) => [
        { name: "pet", source: { url, sdl: petSchema("", "age: Int"), product } },
      ];
      for (const product of all)
        for (const act of ["check", "publish"] as const) {
          const asked = tested.registry[act]({
            actor: deployerOf("pet"),
            changes: changes(product),
            reason: "test",
          });
          await expect(asked).rejects.toThrow(
            expect.objectContaining({
              code: "PRODUCT_DESCRIPTOR_INVALID",
              message: expect.stringMatching(message),
            }),
          );
          expect(await tested.registry.store.acts(1)).toMatchObject([
            { actor: "pet/test", verb: "touch", outcome: "PRODUCT_DESCRIPTOR_INVALID" },
          ]);
        }
      expect((await head()).number).toBe(before.number);
    },
  );

  test("that nests too deep is told to the governance team as a finding", async () => {
    const before = await head();
    await expect(
      publish({ sdl: petSchema("", "age: Int"), product: nestedPets(1500) }, STEWARD),
    ).rejects.toMatchObject({
      extensions: { findings: [{ code: "PRODUCT_DESCRIPTOR_INVALID", subgraphs: ["pet"] }] },
    });
    expect((await head()).number).toBe(before.number);
  });

  test("is taken away by null, and comes back with a roll-back", async () => {
    const { number } = await head();
    await publish({ sdl: petSchema("", "age: Int"), product: null });
    expect((await head()).artifact.products).toEqual([]);
    await tested.registry.rollBack(STEWARD, number, "it was right");
    const restored = await head();
    expect(restored.artifact.products).toHaveLength(1);
    expect(restored.members).toMatchObject([{ version: 3 }]);
  });
});

/** A descriptor that names another domain, and nests so deep. */
function nestedPets(levels: number): string {
  const described = describePets({ id: "zoo.pets", domain: "zoo" });
  return `${described}standards:\n  odcs:\n    a: ${"[".repeat(levels)}${"]".repeat(levels)}\n`;
}
