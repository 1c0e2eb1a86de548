import fc from "fast-check";
import { anyChecks } from "./any-check.ts";
import { anyCustomProperties, anyDefinitions } from "./any-custom-properties.ts";
import { anyPropertyRelationships } from "./any-relationship.ts";
import { anyId, anyJson, anyName, anyTags, anyText, few, some } from "./any-words.ts";

/** A property of a schema object: of any type, or of none, with properties and items below it. */
export function anyProperty(depth = 2): fc.Arbitrary<object> {
  return ofAnyType(depth, { name: anyName() }, ["name"]);
}

function ofAnyType(
  depth: number,
  name: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  required: readonly string[],
): fc.Arbitrary<object> {
  const properties = depth > 0 ? { properties: few(anyProperty(depth - 1)) } : {};
  // What an array holds needs no name.
  const items = depth > 0 ? { items: ofAnyType(depth - 1, name, []) } : {};
  const below: Readonly<Record<string, object>> = { object: properties, array: items };
  const typed = Object.entries(options()).map(([logicalType, logicalTypeOptions]) => {
    const own = { logicalType: fc.constant(logicalType), logicalTypeOptions, ...below[logicalType] };
    const parts = Object.keys(below[logicalType] ?? {});
    return some({ ...common(), ...name, ...own }, [...required, "logicalType", ...parts]);
  });
  // Without a type the rules of all types hold at once: both parts may be there, and no option that another has not.
  const untyped = { logicalTypeOptions: fc.constant({}), ...properties, ...items };
  return fc.oneof(some({ ...common(), ...name, ...untyped }, required), ...typed);
}

function common() {
  const position = fc.integer({ min: -1, max: 3 });
  return {
    id: anyId(),
    physicalType: fc.oneof(
      fc.constantFrom(
        "VARCHAR(2)",
        "String!",
        "[Pet!]!",
        "Pet",
        "Query",
        "Int]",
        "[[Int",
        "String!!",
        "Boolean",
      ),
      anyText(),
    ),
    physicalName: anyName(),
    description: anyText(),
    businessName: anyText(),
    authoritativeDefinitions: anyDefinitions(),
    tags: anyTags(),
    customProperties: anyCustomProperties(),
    primaryKey: fc.boolean(),
    primaryKeyPosition: position,
    required: fc.boolean(),
    unique: fc.boolean(),
    partitioned: fc.boolean(),
    partitionKeyPosition: position,
    classification: fc.oneof(fc.constantFrom("public", "restricted", "PII", "4"), anyText()),
    encryptedName: anyText(),
    transformSourceObjects: few(anyText()),
    transformLogic: anyText(),
    transformDescription: anyText(),
    examples: few(anyJson()),
    criticalDataElement: fc.boolean(),
    relationships: anyPropertyRelationships(),
    quality: anyChecks(),
  };
}

/** The options that each logical type has. */
function options(): Readonly<Record<string, fc.Arbitrary<object>>> {
  const text = { format: anyText() };
  const count = fc.nat(9);
  const range = (value: fc.Arbitrary<unknown>) => ({
    minimum: value,
    maximum: value,
    exclusiveMinimum: value,
    exclusiveMaximum: value,
  });
  const number = { ...range(fc.integer()), multipleOf: fc.integer({ min: 1, max: 9 }) };
  const moment = some({ ...text, ...range(anyText()), timezone: fc.boolean(), defaultTimezone: anyText() });
  return {
    string: some({ ...text, minLength: count, maxLength: count, pattern: anyText() }),
    date: some({ ...text, ...range(anyText()) }),
    timestamp: moment,
    time: moment,
    integer: some({ ...number, format: fc.constantFrom("i8", "i32", "u128") }),
    number: some({ ...number, format: fc.constantFrom("f32", "f64") }),
    boolean: fc.constant({}),
    object: some({
      minProperties: count,
      maxProperties: count,
      required: fc.uniqueArray(anyName(), { minLength: 1, maxLength: 2 }),
    }),
    array: some({ minItems: count, maxItems: count, uniqueItems: fc.boolean() }),
  };
}
