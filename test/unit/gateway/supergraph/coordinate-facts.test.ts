import { expect, test } from "vitest";
import { coordinateFacts } from "../../../../gateway/supergraph/coordinate-facts.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";
import { linked } from "../../../testkit/compose-schemas.ts";
import { composeOurs } from "../../../testkit/small-mesh.ts";

const url = "http://127.0.0.1:1/";
const offers = (domain: string, product: string) =>
  `@dataProduct(id: "${domain}.${product}", domain: "${domain}", version: "1.0.0", status: ACTIVE)
   @owner(team: "${domain}-team", contact: "${domain}@example.com")`;

function factsOf(orders: string, coordinate: string) {
  const people = `type Query { person: Person }
    type Person @key(fields: "id") ${offers("people", "persons")} { id: ID! name: String shared: Int @shareable }`;
  const sdl = composeOurs([
    { name: "people", url, sdl: linked(people) },
    { name: "orders", url, sdl: linked(orders) },
  ]);
  const { product, owner } = coordinateFacts(buildSupergraph(sdl), coordinate);
  return [product?.id, owner?.team];
}

const PERSON = `type Person @key(fields: "id") { id: ID! orders: [Order] count: Int shared: Int @shareable
  ours: Int @owner(team: "else", contact: "else@example.com") }`;
const ORDERS = `${PERSON} type Order @key(fields: "id") ${offers("orders", "orders")} { id: ID! }`;

test("what a domain adds to another one's type is its own product's and team's", () => {
  expect(factsOf(ORDERS, "Person.orders")).toEqual(["orders.orders", "orders-team"]);
  expect(factsOf(ORDERS, "Person.count")).toEqual(["orders.orders", "orders-team"]);
});

test("an owner that the field itself names stays", () => {
  expect(factsOf(ORDERS, "Person.ours")).toEqual(["orders.orders", "else"]);
});

test("what the type's own domain answers, too, stays its product's", () => {
  for (const coordinate of ["Person.id", "Person.name", "Person.shared"])
    expect(factsOf(ORDERS, coordinate)).toEqual(["people.persons", "people-team"]);
});

test("where the other domain has no product, or several, the type's is named", () => {
  const none = `${PERSON} type Order @key(fields: "id") { id: ID! }`;
  const two = `${ORDERS} type Cart @key(fields: "id") ${offers("orders", "carts")} { id: ID! }`;
  for (const orders of [none, two])
    expect(factsOf(orders, "Person.orders")).toEqual(["people.persons", "people-team"]);
});
