import fc from "fast-check";

/** Contracts of the Open Data Contract Standard as anybody may write them. */
export function anyContract(): fc.Arbitrary<object> {
  const name = fc.oneof(
    fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
    fc.string({ minLength: 1, maxLength: 8 }),
  );
  const custom = fc.array(fc.record({ property: name, value: fc.jsonValue({ maxDepth: 2 }) }), {
    maxLength: 2,
  });
  const property = fc.record(
    {
      name,
      logicalType: fc.constantFrom("string", "date", "timestamp", "number", "integer", "boolean", "object"),
      physicalType: fc.oneof(
        fc.constantFrom("VARCHAR(2)", "String!", "[Pet!]!"),
        fc.string({ maxLength: 6 }),
      ),
      description: fc.string({ maxLength: 20 }),
      required: fc.boolean(),
      primaryKey: fc.boolean(),
      classification: fc.oneof(fc.constantFrom("public", "restricted", "4"), fc.string({ maxLength: 5 })),
      tags: fc.array(fc.string({ maxLength: 5 }), { maxLength: 2 }),
      transformLogic: fc.string({ maxLength: 10 }),
      customProperties: custom,
    },
    { requiredKeys: ["name"] },
  );
  const object = fc.record(
    {
      name,
      physicalName: name,
      description: fc.string({ maxLength: 20 }),
      properties: fc.array(property, { maxLength: 4 }),
      customProperties: custom,
    },
    { requiredKeys: ["name"] },
  );
  return fc.record(
    {
      apiVersion: fc.constantFrom("v3.1.0", "v3.0.2"),
      kind: fc.constant("DataContract"),
      id: fc.oneof(fc.uuid(), fc.constantFrom("pet.pets", "Pet Data", "…")),
      version: fc.constantFrom("1.0.0", "2", ""),
      status: fc.constantFrom("active", "proposed"),
      domain: fc.oneof(fc.constantFrom("pet", "Pets & Co"), fc.string({ maxLength: 5 })),
      tags: fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
      tenant: fc.string({ maxLength: 5 }),
      support: fc.array(
        fc.record({ channel: fc.string({ maxLength: 5 }), url: fc.constantFrom("https://a.example", "#x") }),
        { maxLength: 2 },
      ),
      price: fc.record({ priceAmount: fc.integer() }),
      schema: fc.array(object, { minLength: 1, maxLength: 3 }),
      customProperties: custom,
    },
    { requiredKeys: ["apiVersion", "kind", "id", "version", "status", "schema"] },
  );
}

/** Rules of quality of every kind, on the type `Pet` with the fields `id` and `name`. */
export function anyQuality(): fc.Arbitrary<readonly object[]> {
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
