import fc from "fast-check";
import { anyCustomProperties, anyDefinitions } from "./any-custom-properties.ts";
import { anyId, anyJson, anyObject, anyTags, anyText, few, some } from "./any-words.ts";

/** Checks of quality in ODCS's own words, of each of its kinds. */
export function anyChecks(): fc.Arbitrary<readonly object[]> {
  return few(fc.oneof(textCheck(), withOperator(libraryCheck()), withOperator(sqlCheck()), customCheck()));
}

function textCheck(): fc.Arbitrary<object> {
  return some({ ...common(), type: fc.constant("text") });
}

function libraryCheck(): fc.Arbitrary<object> {
  const words = {
    type: fc.constant("library"),
    metric: fc.constantFrom("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"),
    rule: anyText(),
    arguments: anyObject(),
  };
  return some({ ...common(), ...words }, ["metric"]);
}

function sqlCheck(): fc.Arbitrary<object> {
  return some(
    { ...common(), type: fc.constant("sql"), query: fc.oneof(fc.constant("SELECT 1"), anyText()) },
    ["type", "query"],
  );
}

function customCheck(): fc.Arbitrary<object> {
  const words = {
    type: fc.constant("custom"),
    engine: fc.oneof(fc.constantFrom("soda", "data-product-gateway"), anyText()),
    implementation: fc.oneof(anyText(), anyObject()),
  };
  return some({ ...common(), ...words }, ["type", "engine", "implementation"]);
}

/** Of the operators, exactly one. */
function withOperator(check: fc.Arbitrary<object>): fc.Arbitrary<object> {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const between = fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 2 });
  const operator = fc.oneof(
    fc.record({ mustBe: anyJson() }),
    fc.record({ mustNotBe: anyJson() }),
    fc.record({ mustBeGreaterThan: number }),
    fc.record({ mustBeGreaterOrEqualTo: number }),
    fc.record({ mustBeLessThan: number }),
    fc.record({ mustBeLessOrEqualTo: number }),
    fc.record({ mustBeBetween: between }),
    fc.record({ mustNotBeBetween: between }),
  );
  return fc.tuple(check, operator).map(([words, how]) => ({ ...words, ...how }));
}

function common() {
  return {
    id: anyId(),
    authoritativeDefinitions: anyDefinitions(),
    businessImpact: fc.constantFrom("operational", "regulatory"),
    customProperties: anyCustomProperties(),
    description: anyText(),
    dimension: fc.constantFrom("accuracy", "completeness", "conformity", "timeliness", "uniqueness"),
    method: fc.constant("reconciliation"),
    name: anyText(),
    schedule: fc.constant("0 20 * * *"),
    scheduler: fc.constant("cron"),
    severity: fc.oneof(fc.constantFrom("error", "warning"), anyText()),
    tags: anyTags(),
    unit: fc.constantFrom("rows", "percent"),
  };
}
