import fc from "fast-check";
import { anyCustomProperties } from "./any-custom-properties.ts";
import { few, some } from "./any-words.ts";

/** Relationships of a schema object: from its own properties to those of others, one by one or several together. */
export function anyRelationships(): fc.Arbitrary<readonly object[]> {
  const one = some({ ...common(), from: reference(), to: reference() }, ["from", "to"]);
  const several = some({ ...common(), from: references(), to: references() }, ["from", "to"]);
  return few(fc.oneof(one, several));
}

/** Relationships of a property, which is where they are from. */
export function anyPropertyRelationships(): fc.Arbitrary<readonly object[]> {
  return few(some({ ...common(), to: fc.oneof(reference(), references()) }, ["to"]));
}

function common() {
  return { type: fc.constant("foreignKey"), customProperties: anyCustomProperties() };
}

function references(): fc.Arbitrary<readonly string[]> {
  return fc.array(reference(), { minLength: 1, maxLength: 2 });
}

function reference(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "owners.id",
    "_a._b",
    "schema/owners/properties/id",
    "/schema/owners",
    "owners.yaml#schema/owners/properties/id",
    "https://a.example/owners.yaml#/schema/owners/properties/id",
  );
}
