import fc from "fast-check";
import { anyProductCustomProperties, anyProductDefinitions } from "./any-custom-properties.ts";
import { anyProductSupport, anyProductTeam } from "./any-people.ts";
import { anyAddress, anyMoment, anyName, anyTags, anyText, few, some } from "./any-words.ts";

/** A product of Bitol's Open Data Product Standard 1.0 as anybody may write it: every part that its schema allows. */
export function anyProduct(): fc.Arbitrary<object> {
  const product = {
    apiVersion: fc.constantFrom("v1.0.0", "v0.9.0"),
    kind: fc.constant("DataProduct"),
    id: fc.oneof(fc.uuid(), fc.constantFrom("pet.pets", "Pet Data", "…")),
    name: anyText(),
    version: fc.constantFrom("1.0.0", "2", ""),
    status: fc.oneof(fc.constantFrom("active", "proposed", "retired"), anyText()),
    domain: fc.oneof(fc.constantFrom("pet", "Pets & Co"), anyText()),
    tenant: anyText(),
    authoritativeDefinitions: anyProductDefinitions(),
    description: anyDescription(),
    customProperties: anyProductCustomProperties(),
    tags: anyTags(),
    inputPorts: few(anyInputPort()),
    outputPorts: fc.array(anyOutputPort(), { minLength: 1, maxLength: 3 }),
    managementPorts: few(anyManagementPort()),
    support: anyProductSupport(),
    team: anyProductTeam(),
    productCreatedTs: anyMoment(),
  };
  return some(product, ["apiVersion", "kind", "id", "status", "outputPorts"]);
}

function anyDescription(): fc.Arbitrary<object> {
  return some({
    purpose: anyText(),
    usage: anyText(),
    limitations: anyText(),
    authoritativeDefinitions: anyProductDefinitions(),
    customProperties: anyProductCustomProperties(),
  });
}

function anyInputPort(): fc.Arbitrary<object> {
  return fc.record({ name: anyName(), version: anyText(), contractId: anyText() });
}

function anyOutputPort(): fc.Arbitrary<object> {
  const port = {
    name: anyName(),
    description: anyText(),
    type: fc.constantFrom("tables", "graphql"),
    version: anyText(),
    contractId: anyText(),
    sbom: few(some({ type: fc.constant("external"), url: anyAddress() }, ["url"])),
    inputContracts: few(fc.record({ id: anyText(), version: anyText() })),
  };
  return some(port, ["name", "version"]);
}

function anyManagementPort(): fc.Arbitrary<object> {
  const port = {
    name: anyName(),
    content: fc.constantFrom("discoverability", "observability", "control"),
    type: fc.constantFrom("rest", "topic"),
    url: anyAddress(),
    channel: anyText(),
    description: anyText(),
    tags: anyTags(),
    customProperties: anyProductCustomProperties(),
    authoritativeDefinitions: anyProductDefinitions(),
  };
  return some(port, ["name", "content"]);
}
