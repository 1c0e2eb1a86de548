import { describe, expect, it } from "vitest";
import { ALLOW, type Verdict } from "../../../../shared/define-directive.ts";
import { reveals } from "../../../../shared/directives/reveals.ts";
import { applied, callerOf, lintCodes, merged, placeOf } from "../../../testkit/apply-directive.ts";

const RULE = applied(reveals, `@reveals(fields: ["Employee.name", "Employee.salary"])`);

function verdict(salary: Verdict) {
  return reveals.judgeInput?.([RULE], callerOf({ scopes: [] }), (coordinate) =>
    coordinate === "Employee.salary" ? salary : ALLOW,
  );
}

describe("@reveals", () => {
  it("allows whoever may see every named field as it is", () => {
    expect(verdict(ALLOW)).toEqual({ kind: "allow" });
  });

  it("43: refuses where one of them is refused, and says what is missing", () => {
    const refused = { kind: "deny", code: "UNAUTHORIZED_FIELD_OR_TYPE", missing: [["hr"]] } as const;
    expect(verdict(refused)).toEqual({
      kind: "deny",
      code: "UNAUTHORIZED_ARGUMENT",
      missing: [["hr"]],
      details: { reveals: "Employee.salary" },
    });
  });

  it("43: refuses where one of them is masked, however gently", () => {
    const mask = { key: "ROUND:1", rank: 6, apply: (value: unknown) => value };
    expect(verdict({ kind: "mask", mask })).toMatchObject({ kind: "deny", code: "UNAUTHORIZED_ARGUMENT" });
  });

  it("joins the fields that several subgraphs name", () => {
    const said = { a: [`@reveals(fields: ["A.x"])`], b: [`@reveals(fields: ["B.y", "A.x"])`] };
    expect(merged(reveals, said)).toEqual([{ fields: ["A.x", "B.y"] }]);
  });

  it("takes coordinates of fields that exist", () => {
    expect(() => applied(reveals, `@reveals(fields: ["salary"])`)).toThrow(/coordinate/);
    expect(() => applied(reveals, "@reveals(fields: [])")).toThrow();
    expect(lintCodes(reveals, `@reveals(fields: ["A.x"])`, {})).toEqual(["error REVEALS_UNKNOWN_FIELD"]);
  });

  it("is missed where a search speaks of a protected field", () => {
    const remarks = reveals.lintAbsent?.(placeOf({ suggests: ["Employee.salary"] })) ?? [];
    expect(remarks.map(({ severity, code }) => [severity, code])).toEqual([["warning", "REVEALS_MISSING"]]);
    expect(reveals.lintAbsent?.(placeOf())).toEqual([]);
  });
});
