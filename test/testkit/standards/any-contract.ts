import fc from "fast-check";
import { anyChecks } from "./any-check.ts";
import { anyCustomProperties, anyDefinitions } from "./any-custom-properties.ts";
import { anyRoles, anySupport, anyTeam } from "./any-people.ts";
import { anyPrice, anyServiceLevels } from "./any-promises.ts";
import { anyProperty } from "./any-property.ts";
import { anyRelationships } from "./any-relationship.ts";
import { anyServer } from "./any-server.ts";
import { anyId, anyMoment, anyName, anyTags, anyText, few, some } from "./any-words.ts";

/** A contract of the Open Data Contract Standard 3.1 as anybody may write it: every part that its schema allows. */
export function anyContract(): fc.Arbitrary<object> {
  const contract = {
    apiVersion: fc.constantFrom("v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0"),
    kind: fc.constant("DataContract"),
    id: fc.oneof(fc.uuid(), fc.constantFrom("pet.pets", "Pet Data", "…")),
    name: anyText(),
    version: fc.constantFrom("1.0.0", "2", ""),
    status: fc.oneof(fc.constantFrom("active", "proposed", "retired"), anyText()),
    tenant: anyText(),
    tags: anyTags(),
    servers: few(anyServer()),
    dataProduct: anyText(),
    description: anyDescription(),
    domain: fc.oneof(fc.constantFrom("pet", "Pets & Co"), anyText()),
    schema: fc.array(anySchemaObject(), { minLength: 1, maxLength: 3 }),
    support: anySupport(),
    price: anyPrice(),
    team: anyTeam(),
    roles: anyRoles(),
    slaDefaultElement: anyText(),
    slaProperties: anyServiceLevels(),
    authoritativeDefinitions: anyDefinitions(),
    customProperties: anyCustomProperties(),
    contractCreatedTs: anyMoment(),
  };
  return some(contract, ["apiVersion", "kind", "id", "version", "status", "schema"]);
}

function anySchemaObject(): fc.Arbitrary<object> {
  const object = {
    id: anyId(),
    name: anyName().filter((name) => name !== ""),
    logicalType: fc.constant("object"),
    physicalType: fc.constantFrom("table", "view", "topic"),
    physicalName: anyName(),
    description: anyText(),
    businessName: anyText(),
    dataGranularityDescription: anyText(),
    authoritativeDefinitions: anyDefinitions(),
    tags: anyTags(),
    properties: few(anyProperty()),
    relationships: anyRelationships(),
    quality: anyChecks(),
    customProperties: anyCustomProperties(),
  };
  return some(object, ["name"]);
}

function anyDescription(): fc.Arbitrary<object> {
  return some({
    purpose: anyText(),
    usage: anyText(),
    limitations: anyText(),
    authoritativeDefinitions: anyDefinitions(),
    customProperties: anyCustomProperties(),
  });
}
