import { Kind } from "graphql";
import { describe, expect, it } from "vitest";
import { dateTime } from "../../../../shared/subgraph/date-time.ts";

describe("DateTime", () => {
  it("is ISO 8601 in UTC on the way out", () => {
    expect(dateTime.serialize(new Date(Date.UTC(2026, 5, 30, 12)))).toBe("2026-06-30T12:00:00.000Z");
    expect(() => dateTime.serialize("2026-06-30")).toThrow(TypeError);
  });

  it("takes any offset and fraction on the way in", () => {
    const moment = new Date(Date.UTC(2026, 5, 30, 12));
    expect(dateTime.parseValue("2026-06-30T14:00:00+02:00")).toEqual(moment);
    expect(dateTime.parseLiteral({ kind: Kind.STRING, value: "2026-06-30T12:00:00.000000Z" })).toEqual(
      moment,
    );
  });

  it.each(["2026-06-30", "2026-06-30T12:00:00", "2026-13-01T00:00:00Z", "now", 0, null, {}])(
    "refuses %s",
    (value) => {
      expect(() => dateTime.parseValue(value)).toThrow(/ISO 8601/);
    },
  );

  it("refuses a literal that is no string", () => {
    expect(() => dateTime.parseLiteral({ kind: Kind.INT, value: "1" })).toThrow(/ISO 8601/);
  });
});
