import { describe, expect, it } from "vitest";
import { mask } from "../../../shared/directives/mask.ts";
import { tagDefault } from "../../../shared/tag-defaults.ts";

const CATEGORIES = ["EMAIL", "PHONE", "BIRTH_DATE", "NATIONAL_ID", "IBAN", "CARD_NUMBER", "CREDENTIAL"];

describe("tag defaults", () => {
  it.each(CATEGORIES)("%s stands for a mask that is complete", (category) => {
    const implied = tagDefault(category);
    expect(implied?.directive).toBe("mask");
    expect(mask.judge?.([implied?.args as never], { ...CALLER })).toMatchObject({ kind: "mask" });
  });

  it("knows nothing of other categories, whatever they are called", () => {
    for (const name of ["NAME", "email", "constructor", "__proto__", ""]) expect(tagDefault(name)).toBeNull();
  });
});

const CALLER = {
  principal: { kind: "anonymous" },
  purpose: null,
  policies: new Map(),
  hmacKey: null,
  today: "2026-01-01",
} as const;
