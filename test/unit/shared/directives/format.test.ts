import { describe, expect, it } from "vitest";
import { format } from "../../../../shared/directives/format.ts";
import { applied, lintCodes, merged, placeOf } from "../../../testkit/apply-directive.ts";

function conforms(standard: string, value: unknown): boolean | undefined {
  return format.conforms?.(applied(format, `@format(standard: ${standard})`))(value);
}

describe("@format", () => {
  it.each([
    ["ISO_8601_DATE", ["2024-02-29"], ["2025-02-29", "2024-2-9", "20240229", "2024-02-29T00:00:00Z"]],
    [
      "ISO_8601_DATETIME",
      ["2024-02-29T10:00:00Z", "2024-02-29T10:00:00.123+02:00"],
      ["2024-02-29", "2024-02-29 10:00", "2024-02-30T10:00:00Z", "2024-02-29T25:00:00Z"],
    ],
    ["ISO_4217", ["EUR", "USD"], ["eur", "EURO", "XXQ"]],
    ["ISO_3166_1_ALPHA_2", ["DE", "GB"], ["de", "UK", "EU", "DEU"]],
    ["E164", ["+4915112345678"], ["004915112345678", "+0151", "+49 151", "4915112345678"]],
    ["EMAIL", ["jo@example.com"], ["jo", "jo@example", "a b@example.com", "jo@.com"]],
    [
      "UUID",
      ["123e4567-e89b-12d3-a456-426614174000"],
      ["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
    ],
    ["URL", ["https://example.com/x?y"], ["example.com", "javascript:alert(1)", "https://"]],
    ["BCP_47", ["en", "de-CH", "zh-Hant-TW"], ["", "english language", "d"]],
    ["DECIMAL", ["0", "-12.50", "3"], ["1,5", ".5", "01", "1e3", "5."]],
  ])("tells %s", (standard, right, wrong) => {
    for (const text of right) expect([text, conforms(standard, text)]).toEqual([text, true]);
    for (const text of wrong) expect([text, conforms(standard, text)]).toEqual([text, false]);
    expect(conforms(standard, 5)).toBe(false);
  });

  it("conflicts where subgraphs name different standards", () => {
    const said = { a: ["@format(standard: ISO_4217)"], b: ["@format(standard: UUID)"] };
    expect(merged(format, said)).toBe("a says ISO_4217, b says UUID");
    expect(merged(format, { a: ["@format(standard: UUID)"], b: ["@format(standard: UUID)"] })).toHaveLength(
      1,
    );
  });

  it("stands on texts only", () => {
    const written = "@format(standard: ISO_4217)";
    expect(lintCodes(format, written, { leafKind: "String" })).toEqual([]);
    expect(lintCodes(format, written, { leafKind: "custom" })).toEqual([]);
    for (const leafKind of ["Int", "enum", null] as const)
      expect(lintCodes(format, written, { leafKind })).toEqual(["error FORMAT_DOES_NOT_FIT"]);
  });

  it("is missed on texts whose name says that they follow a standard", () => {
    const missed = (name: string, rest: object = {}) =>
      format
        .lintAbsent?.(placeOf({ name, location: "FIELD_DEFINITION", leafKind: "String", ...rest }))
        .map(({ code, remedy }) => `${code} ${remedy.split(",")[0]}`);
    expect(missed("currency")).toEqual(["FORMAT_MISSING Add @format(standard: ISO_4217)"]);
    expect(missed("shippedAt")).toEqual(["FORMAT_MISSING Add @format(standard: ISO_8601_DATETIME)"]);
    expect(missed("orderDate")).toEqual(["FORMAT_MISSING Add @format(standard: ISO_8601_DATE)"]);
    for (const name of ["name", "format", "candidate", "curl", "seat"])
      expect([name, missed(name)]).toEqual([name, []]);
    expect(missed("createdAt", { leafKind: "Int" })).toEqual([]);
  });
});
