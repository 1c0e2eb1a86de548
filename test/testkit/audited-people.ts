import { setTimeout as pause } from "node:timers/promises";

const PEOPLE = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@shareable"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0",
    import: ["@mask", "@classification", "@audit", "@dataProduct", "@rowFilter"])
type Query { people: [Person!]! person: Person team: Team beings: [Being!]! }
type Mutation { renamePerson(name: String!): Person }
interface Being { id: ID! name: String }
type Person implements Being @key(fields: "id") @rowFilter(field: "region", claim: "region")
  @dataProduct(id: "hr.people", domain: "hr", version: "1.0.0", status: ACTIVE) {
  id: ID!
  name: String
  region: String
  email: String @classification(level: RESTRICTED, categories: ["EMAIL"]) @mask(strategy: EMAIL, unlessScopes: ["pii"])
  salary: Int @classification(level: RESTRICTED, categories: ["FINANCE"]) @requiresScopes(scopes: [["finance"]])
  badge: String @audit(level: BATCHED)
  note: String
  pager: String @audit(level: DURABLE)
  shadow: String @classification(level: RESTRICTED) @mask(strategy: NULLIFY, unlessScopes: ["pii"])
  rank: Int! @classification(level: RESTRICTED) @requiresScopes(scopes: [["finance"]])
}
type Team @audit(level: DURABLE) { name: String! size: Int! lead: Person }
type Robot implements Being { id: ID! name: String }`;
const NOTES = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { unused: String }
type Person @key(fields: "id") { id: ID! diary: String }`;

const people = [
  {
    __typename: "Person",
    id: "P1",
    name: "Ann",
    region: "EU",
    email: "ann@example.com",
    salary: 918273641,
    rank: 77_123_001,
    pager: null,
    shadow: "shade 91827364",
    badge: "B-1",
  },
  {
    __typename: "Person",
    id: "P2",
    name: "Bob",
    region: "EU",
    email: null,
    salary: 918273642,
    rank: 77_123_002,
    badge: "B-2",
  },
  {
    __typename: "Person",
    id: "P3",
    name: "Cid",
    region: "US",
    email: "cid@example.com",
    salary: 918273643,
    rank: 77_123_003,
    badge: null,
  },
];
const team = { name: "Ops", size: 3, lead: people[0] };
const root = {
  Query: {
    people: () => people,
    person: () => people[0],
    team: () => team,
    beings: () => [people[0], { __typename: "Robot", id: "R1", name: "R" }],
  },
  Mutation: { renamePerson: () => pause(50, people[0]) },
};
/** People with fields of every kind of audit, and an entity field of another subgraph. */
export const PEOPLE_AND_NOTES = {
  people: { sdl: PEOPLE, resolvers: root },
  notes: {
    sdl: NOTES,
    resolvers: {
      Person: { __resolveReference: (key: { id: string }) => ({ ...key, diary: `diary ${key.id}` }) },
    },
  },
};
