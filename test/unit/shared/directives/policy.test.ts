import { describe, expect, it } from "vitest";
import { policy } from "../../../../shared/directives/policy.ts";
import { applied, callerOf, merged } from "../../../testkit/apply-directive.ts";

const RULE = applied(policy, `@policy(policies: [["office", "contract"], ["owner"]])`);

describe("@policy", () => {
  it("allows where all policies of one list allow", () => {
    expect(policy.judge?.([RULE], callerOf({ policies: ["owner"] }))).toEqual({ kind: "allow" });
    expect(policy.judge?.([RULE], callerOf({ policies: ["office", "contract"] }))).toEqual({ kind: "allow" });
  });

  it("42: denies where a policy was not evaluated, or did not say true", () => {
    const outcomes: ReadonlyMap<string, boolean> = new Map([
      ["owner", false],
      ["office", true],
    ]);
    expect(policy.judge?.([RULE], { ...callerOf({ scopes: [] }), policies: outcomes })).toEqual({
      kind: "deny",
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: [["contract"], ["owner"]],
    });
    const odd = new Map<string, never>([["owner", "yes" as never]]);
    expect(policy.judge?.([RULE], { ...callerOf({ scopes: [] }), policies: odd })).toMatchObject({
      kind: "deny",
    });
  });

  it("does not speak of authentication, also to the anonymous caller", () => {
    expect(policy.judge?.([RULE], callerOf())).toMatchObject({ code: "UNAUTHORIZED_FIELD_OR_TYPE" });
  });

  it("says which policies have to be evaluated", () => {
    expect(policy.policies?.(RULE)).toEqual(["office", "contract", "owner"]);
  });

  it.each(["@policy(policies: [])", `@policy(policies: ["a"])`])("refuses %s", (written) => {
    expect(() => applied(policy, written)).toThrow();
  });

  it("ANDs what several subgraphs demand", () => {
    const said = { a: [`@policy(policies: [["x"]])`], b: [`@policy(policies: [["y"], ["z"]])`] };
    expect(merged(policy, said)).toEqual([
      {
        policies: [
          ["x", "y"],
          ["x", "z"],
        ],
      },
    ]);
  });
});
