import { afterAll, beforeAll, expect, test } from "vitest";
import { deployerOf, domainSdl, startRegistry, type TestRegistry } from "../testkit/start-registry.ts";

let mesh: TestRegistry;
beforeAll(async () => {
  mesh = await startRegistry();
});
afterAll(() => mesh.stop());

test("a domain that asks for a hundred checks at once keeps no other domain waiting, and is told where it asks for more", async () => {
  const check = (domain: string, field: number) =>
    mesh.registry.check({
      actor: deployerOf(domain),
      changes: [
        { name: domain, source: { sdl: domainSdl("T", `f${field}: String`), url: "http://127.0.0.1:1/t" } },
      ],
      reason: "",
    });
  await check("calm", 0);
  let greedy = 0;
  const flood = Array.from({ length: 150 }, async (_, index) => {
    const result = await check("greedy", index).catch((error: unknown) => error);
    greedy += 1;
    return result;
  });
  await expect.poll(() => greedy, { interval: 5 }).toBeGreaterThan(0);
  const before = greedy;
  const { decision } = await check("calm", 1);
  expect(decision.kind).toBe("accepted");
  expect(greedy - before).toBeLessThan(75);
  const results = await Promise.all(flood);
  expect(results).toContainEqual(expect.objectContaining({ code: "REGISTRY_UNAVAILABLE" }));
  expect(results).toContainEqual(expect.objectContaining({ decision: { kind: "accepted" } }));
});
