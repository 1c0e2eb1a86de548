import { describe, expect, it } from "vitest";
import { owner } from "../../../../shared/directives/owner.ts";
import { applied, placeOf } from "../../../testkit/apply-directive.ts";

describe("@owner", () => {
  it("needs a team and a contact", () => {
    const written = `@owner(team: "crm", contact: "crm@example.com")`;
    expect(applied(owner, written)).toEqual({ team: "crm", contact: "crm@example.com" });
    expect(() => applied(owner, `@owner(team: "crm")`)).toThrow();
    expect(() => applied(owner, `@owner(team: "", contact: "x")`)).toThrow();
  });

  it("is missed on every entity", () => {
    const codes = owner.lintAbsent?.(placeOf({ location: "OBJECT", entity: true })).map(({ code }) => code);
    expect(codes).toEqual(["OWNER_MISSING"]);
    expect(owner.lintAbsent?.(placeOf({ location: "OBJECT" }))).toEqual([]);
  });
});
