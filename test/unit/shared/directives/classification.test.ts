import { describe, expect, it } from "vitest";
import { classification } from "../../../../shared/directives/classification.ts";
import { applied, lintCodes, merged, placeOf } from "../../../testkit/apply-directive.ts";

const level = (name: string, categories = "") =>
  `@classification(level: ${name}${categories && `, categories: [${categories}]`})`;

describe("@classification", () => {
  it("conflicts where subgraphs name different levels, and says who says what", () => {
    expect(merged(classification, { crm: [level("PUBLIC")], hr: [level("RESTRICTED")] })).toBe(
      "crm says PUBLIC, hr says RESTRICTED",
    );
  });

  it("joins categories", () => {
    const said = { a: [level("INTERNAL", `"NAME"`)], b: [level("INTERNAL", `"EMAIL", "NAME"`)] };
    expect(merged(classification, said)).toEqual([{ level: "INTERNAL", categories: ["EMAIL", "NAME"] }]);
  });

  it("takes levels as enum values only", () => {
    expect(() => applied(classification, `@classification(level: "RESTRICTED")`)).toThrow(/enum value/);
    expect(() => applied(classification, "@classification(level: SECRET)")).toThrow();
  });

  it("RESTRICTED needs protection wherever it is delivered, not where it is sent", () => {
    expect(lintCodes(classification, level("RESTRICTED"), {})).toEqual(["error RESTRICTED_UNPROTECTED"]);
    expect(lintCodes(classification, level("RESTRICTED"), { location: "OBJECT" })).toHaveLength(1);
    expect(lintCodes(classification, level("RESTRICTED"), { isProtected: true })).toEqual([]);
    expect(lintCodes(classification, level("CONFIDENTIAL"), {})).toEqual([]);
    expect(lintCodes(classification, level("RESTRICTED"), { location: "INPUT_FIELD_DEFINITION" })).toEqual(
      [],
    );
  });

  it("hands the highest level and all categories to what is computed from it", () => {
    const inputs = [level("CONFIDENTIAL", `"NAME"`), level("RESTRICTED", `"EMAIL"`)];
    expect(
      classification.inherit?.(
        [applied(classification, level("PUBLIC"))],
        inputs.map((item) => applied(classification, item)),
      ),
    ).toEqual([{ level: "RESTRICTED", categories: ["EMAIL", "NAME"] }]);
  });

  it("stands for the mask of its category where nothing else protects the field", () => {
    const email = applied(classification, level("CONFIDENTIAL", `"CONTACT", "EMAIL"`));
    expect(classification.implies?.(email, placeOf())).toMatchObject([
      { directive: "mask", args: { strategy: "EMAIL", unlessScopes: ["pii", "pii:email"] } },
    ]);
    expect(classification.implies?.(email, placeOf({ isProtected: true }))).toEqual([]);
    expect(classification.implies?.(email, placeOf({ leafKind: null }))).toEqual([]);
    expect(classification.implies?.({ ...email, level: "PUBLIC" }, placeOf())).toEqual([]);
    expect(classification.implies?.({ ...email, categories: ["NAME"] }, placeOf())).toEqual([]);
  });

  it("is missed on fields that look like personal data", () => {
    const missed = (name: string) => classification.lintAbsent?.(placeOf({ name })).map(({ code }) => code);
    for (const name of [
      "email",
      "workEmail",
      "e_mail",
      "phoneNumber",
      "dateOfBirth",
      "birthDate",
      "ssn",
      "iban",
    ])
      expect(missed(name)).toEqual(["CLASSIFICATION_MISSING"]);
    for (const name of ["id", "emailed", "microphones", "price", "company"]) expect(missed(name)).toEqual([]);
  });
});
