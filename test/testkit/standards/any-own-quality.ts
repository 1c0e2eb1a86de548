import fc from "fast-check";

/** Rules of quality of ours, of every kind, on the type `Pet` with the fields `id` and `name`. */
export function anyOwnQuality(): fc.Arbitrary<readonly object[]> {
  const common = {
    description: fc.option(
      fc.string({ minLength: 1, maxLength: 9 }).filter((text) => text.trim() !== ""),
      { nil: undefined },
    ),
    severity: fc.constantFrom("error", "warning"),
    every: fc.constantFrom("PT5M", "P1D"),
  };
  const field = { ...common, on: fc.constantFrom("Pet.id", "Pet.name") };
  const type = { ...common, on: fc.constant("Pet") };
  const tolerated = fc.double({ min: 0, max: 100, noNaN: true });
  const bound = (integer: fc.Arbitrary<number>) => fc.option(integer, { nil: undefined });
  const rule = fc.oneof(
    fc.record({ ...field, rule: fc.constant("notNull"), tolerated }),
    fc.record({ ...field, rule: fc.constant("unique"), column: fc.constantFrom("id", undefined) }),
    fc.record({
      ...field,
      rule: fc.constant("format"),
      pattern: fc.string({ minLength: 1, maxLength: 9 }),
      tolerated,
    }),
    fc.record({
      ...field,
      rule: fc.constant("acceptedValues"),
      values: fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minLength: 1, maxLength: 3 }),
      tolerated,
    }),
    fc.record({ ...type, rule: fc.constant("rowCount"), min: bound(fc.nat()), max: bound(fc.nat()) }),
    fc.record({ ...field, rule: fc.constant("freshness"), within: fc.constantFrom("PT1H", "P1D") }),
    fc.record({ ...field, rule: fc.constant("reference"), to: fc.constant("Pet.id"), tolerated }),
    fc.record({
      ...field,
      rule: fc.constant("pipeline"),
      dataset: fc.constant("s3://lake/pets"),
      assertion: fc.constant("not_null"),
    }),
    fc.record({
      ...type,
      rule: fc.constant("sql"),
      query: fc.constant("SELECT 1"),
      min: bound(fc.integer()),
      max: bound(fc.integer()),
    }),
  );
  return fc
    .array(rule, { maxLength: 4 })
    .map((rules) => rules.map((item, index) => ({ ...item, name: `rule-${index}` })));
}
