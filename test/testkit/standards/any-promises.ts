import fc from "fast-check";
import { anyId, anyText, few, some } from "./any-words.ts";

/** Service levels of a contract: such as we know, in units of any kind, and others. */
export function anyServiceLevels(): fc.Arbitrary<readonly object[]> {
  const value = fc.oneof(
    fc.constantFrom("PT1H", "P1D", 99.9, 100, 4, 0, -1),
    anyText(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const level = {
    id: anyId(),
    property: fc.oneof(
      fc.constantFrom("latency", "availability", "errorRate", "freshness", "deprecationNotice", "retention"),
      anyText(),
    ),
    value,
    valueExt: value,
    unit: fc.oneof(fc.constantFrom("ms", "d", "percent", "y"), anyText()),
    element: anyText(),
    driver: fc.constantFrom("regulatory", "analytics"),
    description: anyText(),
    scheduler: fc.constant("cron"),
    schedule: fc.constant("0 20 * * *"),
  };
  return few(some(level, ["property", "value"]));
}

/** What a contract costs. */
export function anyPrice(): fc.Arbitrary<object> {
  return some({
    id: anyId(),
    priceAmount: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    priceCurrency: anyText(),
    priceUnit: anyText(),
  });
}
