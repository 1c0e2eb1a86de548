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
