import { describe, expect, it } from "vitest";
import { audit } from "../../../../shared/directives/audit.ts";
import { applied, merged } from "../../../testkit/apply-directive.ts";

describe("@audit", () => {
  it("takes the strictest level of all subgraphs", () => {
    const said = { a: ["@audit(level: BATCHED)"], b: ["@audit(level: DURABLE)"] };
    expect(merged(audit, said)).toEqual([{ level: "DURABLE" }]);
    expect(merged(audit, { a: ["@audit(level: BATCHED)"] })).toEqual([{ level: "BATCHED" }]);
  });

  it("knows its levels", () => {
    expect(() => applied(audit, "@audit(level: LOUD)")).toThrow(/BATCHED, DURABLE/);
  });
});
