import { expect, test } from "vitest";
import { coordinateFacts } from "../../../../gateway/supergraph/coordinate-facts.ts";
import { namedPolicies } from "../../../../gateway/supergraph/named-policies.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";
import { linked } from "../../../testkit/compose-schemas.ts";
import { composeOurs } from "../../../testkit/small-mesh.ts";

const offers = (domain: string, id: string) =>
  `@dataProduct(id: "${id}", domain: "${domain}", version: "1.0.0", status: ACTIVE)`;
const GUARD = `@policy(policies: [["staff"]])`;

const people = `type Query { person: Person ${GUARD} } type Person @key(fields: "id") ${offers("people", "people.persons")} { id: ID! name: String }
  type Team ${offers("people", "people.teams")} { id: ID! }`;
const salaries = `type Person @key(fields: "id") { id: ID! salary: Int ${GUARD} }`;
const orders = `${salaries} type Order @key(fields: "id") ${offers("orders", "orders.orders")} { id: ID! }`;

function look(schemas: Readonly<Record<string, string>>) {
  const sources = Object.entries(schemas).map(([name, sdl]) => ({
    name,
    url: "http://127.0.0.1:1/",
    sdl: linked(sdl),
  }));
  const supergraph = buildSupergraph(composeOurs(sources));
  const products = namedPolicies(supergraph).get("staff") ?? [];
  const asked = products.map(({ id, coordinates }) => `${id} ${coordinates.join(" ")}`).sort();
  return { asked, salary: coordinateFacts(supergraph, "Person.salary").product?.id };
}

test("a policy is asked about the product of the domain that answers the field", () => {
  expect(look({ people, orders })).toEqual({
    asked: ["orders.orders Person.salary", "people.persons Query.person"],
    salary: "orders.orders",
  });
});

test("where that domain has no product, about that of the type", () => {
  expect(look({ people, orders: `type Query { o: Int } ${salaries}` }).asked).toEqual([
    "people.persons Person.salary Query.person",
  ]);
});

test.each([
  [
    "in the owner's name, on a type of its own",
    `type Query { x: X } type X ${offers("orders", "orders.fake")} { a: Int }`,
  ],
  ["on everybody's root type", `type Query ${offers("evil", "evil.things")} { x: Int }`],
  [
    "on the type itself",
    `type Person @key(fields: "id") ${offers("aaa", "aaa.things")} { id: ID! aaa: Int }`,
  ],
])("no other domain changes that by what it says %s", (_, evil) => {
  for (const owner of [orders, `type Query { o: Int } ${salaries}`]) {
    const before = look({ people, orders: owner }).asked;
    const after = look({ people, orders: owner, aaa: evil }).asked;
    // A policy has to hold for every product, so that more of them open nothing.
    expect(after).toEqual(expect.arrayContaining(before));
  }
});
