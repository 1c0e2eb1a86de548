import { stringify } from "yaml";

/** A descriptor of the product `pet.pets`, as the text of `product.yaml`; `changes` replace entries. */
export function describePets(changes: object = {}): string {
  return stringify({
    id: "pet.pets",
    domain: "pet",
    name: "Pets",
    version: "1.0.0",
    status: "ACTIVE",
    description: "Animals that live with people.",
    purpose: "Feeding them.",
    owner: { team: "pet-team", contact: "pets@example.com" },
    outputPorts: [{ type: "Pet", description: "A pet." }],
    serviceLevels: { availability: 99.9, latencyP95Ms: 100, freshness: "PT1H", deprecationNotice: "P90D" },
    terms: { usage: "Open.", limitations: "None." },
    ...changes,
  });
}

/** A schema that fits it; `type` are directives of the entity, `body` more fields. */
export function petSchema(type = "", body = ""): string {
  return `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@authenticated", "@tag", "@inaccessible"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@dataProduct", "@owner", "@classification", "@mask", "@retention", "@purpose", "@format", "@rowFilter"])
type Query {
  "One pet."
  pet(id: ID!): Pet
}
"An animal that lives with people."
type Pet @key(fields: "id") ${type} {
  "Stable id."
  id: ID!
  "How it is called."
  name: String
  ${body}
}`;
}
