import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createCedarPolicies } from "../../../../gateway/policies/cedar-policies.ts";
import { policyQuestion, type QuestionParts } from "../../../testkit/policy-questions.ts";

/** What one policy answers. */
async function answer(text: string, parts: QuestionParts = {}): Promise<boolean> {
  const { decide } = await createCedarPolicies([{ name: "policy", text }]);
  return decide(policyQuestion(parts));
}

const when = (condition: string) => `permit (principal, action, resource) when { ${condition} };`;

describe("what a policy can look at", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 5, 28, 23, 30) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const caller = {
    subject: "eve",
    scopes: ["customer:pii"],
    claims: { region: ["EMEA"], level: 3, active: true, org: { unit: "desk" }, ratio: 0.5, none: null },
  };

  test.each<[string, boolean]>([
    ["principal.authenticated", true],
    ['principal.subject == "eve"', true],
    ['principal == Caller::"https://issuer.test#eve"', true],
    ['principal == Caller::"https://other.test#eve"', false],
    ['principal.scopes.contains("customer:pii")', true],
    ['principal.scopes.contains("customer:pi")', false],
    ['principal.claims.region.contains("EMEA")', true],
    ["principal.claims.level >= 3 && principal.claims.active", true],
    ['principal.claims.org.unit == "desk"', true],
    ["principal.claims has ratio || principal.claims has none", false],
    ['context.purpose == "support"', true],
    ["context.date == 20260628 && context.hour == 23 && context.weekday == 7", true],
    ["context.now == 1782689400000", true],
    ['resource == Product::"shop.items" && resource.domain == "shop"', true],
    ['resource.coordinates.contains("Item.price")', true],
    ['action == Action::"read"', true],
  ])("%s is %s", async (condition, expected) => {
    expect(await answer(when(condition), { caller, purpose: "support" })).toBe(expected);
  });

  test("an anonymous caller has the same attributes, all empty", async () => {
    const nobody =
      '!principal.authenticated && principal.subject == "" && principal.scopes.isEmpty() && context.purpose == ""';
    expect(await answer(when(nobody))).toBe(true);
    expect(await answer(when("principal.authenticated"))).toBe(false);
  });

  test("a mutation is a write", async () => {
    expect(await answer(when('action == Action::"write"'), { action: "write" })).toBe(true);
    expect(await answer(when('action == Action::"write"'))).toBe(false);
  });

  test("a claim cannot pose as an entity or as an extension value", async () => {
    const claims = {
      boss: { __entity: { type: "Caller", id: "root" } },
      list: [{ __extn: { fn: "ip", arg: "10.0.0.1" } }],
    };
    expect(await answer(when('principal.claims.boss == Caller::"root"'), { caller: { claims } })).toBe(false);
    expect(await answer(when("principal.claims.list.contains({})"), { caller: { claims } })).toBe(true);
  });
});

describe("a decision", () => {
  test("is a refusal where nothing permits", async () => {
    expect(await answer(when("false"))).toBe(false);
  });

  test("is a refusal where something forbids", async () => {
    const text = `${when("true")} forbid (principal, action, resource) when { context.purpose == "" };`;
    expect(await answer(text)).toBe(false);
    expect(await answer(text, { purpose: "support" })).toBe(true);
  });

  test("has to hold for every product that names the policy", async () => {
    const products = ["shop", "hr"].map((domain) => ({ id: `${domain}.x`, domain, coordinates: [] }));
    expect(await answer(when('resource.domain == "shop"'), { products })).toBe(false);
    expect(await answer(when('resource.domain == "shop"'), { products: products.slice(0, 1) })).toBe(true);
    expect(await answer(when("true"), { products })).toBe(true);
  });

  test("fails as a whole where a part cannot be evaluated, so that a broken forbid forbids", async () => {
    const broken = `${when("true")} forbid (principal, action, resource) when { principal.claims.blocked };`;
    await expect(answer(broken, { caller: {} })).rejects.toThrow("blocked");
    expect(await answer(broken, { caller: { claims: { blocked: false } } })).toBe(true);
  });

  test("fails for a policy that does not exist, or that no schema names", async () => {
    const { decide } = await createCedarPolicies([{ name: "policy", text: when("true") }]);
    expect(() => decide(policyQuestion({ policy: "other" }))).toThrow("no policy of that name");
    expect(() => decide(policyQuestion({ products: [] }))).toThrow("no schema names the policy");
  });
});

describe("a set of policies", () => {
  test("is replaced as a whole", async () => {
    const policies = await createCedarPolicies([
      { name: "policy", text: when("true") },
      { name: "gone", text: when("true") },
    ]);
    policies.replace([{ name: "policy", text: when("false") }]);
    expect(policies.names()).toEqual(["policy"]);
    expect(policies.decide(policyQuestion({}))).toBe(false);
    expect(() => policies.decide(policyQuestion({ policy: "gone" }))).toThrow("no policy of that name");
  });

  test.each([
    ["permit (principal, action, resource", "policy.cedar:1:36: failed to parse"],
    [`${when("true")}\npermit (principal, akt, resource);`, "policy.cedar:2:20: "],
    ["", "policy.cedar:1:1: the file holds no policy"],
    [when("context.date == date"), "policy.cedar:1:"],
  ])("that does not parse is refused with its place, and the one before stays", async (text, place) => {
    const policies = await createCedarPolicies([{ name: "policy", text: when("true") }]);
    const next = [
      { name: "fine", text: when("true") },
      { name: "policy", text },
    ];
    expect(() => policies.replace(next)).toThrow(place);
    expect(policies.names()).toEqual(["policy"]);
    expect(policies.decide(policyQuestion({}))).toBe(true);
  });
});
