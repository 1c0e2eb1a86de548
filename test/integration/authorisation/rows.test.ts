import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../../testkit/compose-schemas.ts";
import { resolveFromData } from "../../testkit/resolve-from-data.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

const tickets = [
  {
    __typename: "Ticket",
    id: "1",
    region: "EMEA",
    text: "old",
    openedAt: daysAgo(800),
    ip: "10.0.0.1",
    seenAt: daysAgo(2),
    closed: true,
  },
  {
    __typename: "Ticket",
    id: "2",
    region: "EMEA",
    text: "new",
    openedAt: daysAgo(10),
    ip: "10.0.0.2",
    seenAt: daysAgo(40),
    closed: false,
  },
  {
    __typename: "Ticket",
    id: "3",
    region: "AMER",
    text: "far",
    openedAt: daysAgo(10),
    ip: "10.0.0.3",
    seenAt: null,
    closed: false,
  },
];
const chats = [
  { __typename: "Chat", id: "8", region: "EMEA", text: "hi" },
  { __typename: "Chat", id: "9", region: "APAC", text: "yo" },
];

const desk = {
  sdl: linked(`
    type Query { tickets: [Ticket!]! ticket: Ticket items: [Item] anything: [Anything] first: Ticket! }
    interface Item { id: ID! text: String }
    type Ticket implements Item
      @key(fields: "id")
      @rowFilter(field: "region", claim: "regions")
      @retention(period: "P1Y", from: "openedAt") {
      id: ID!
      region: String
      text: String
      openedAt: String @requiresScopes(scopes: [["dates"]])
      closed: Boolean
      seenAt: String
      ip: String @retention(period: "P30D", from: "seenAt")
    }
    enum Zone { EMEA APAC }
    type Chat implements Item @rowFilter(field: "region", claim: "regions") { id: ID! region: Zone! text: String }
    union Anything = Ticket | Chat`),
  resolvers: resolveFromData({
    query: {
      tickets,
      ticket: tickets[0],
      items: [...tickets, ...chats],
      anything: [...tickets, ...chats],
      first: tickets[2],
    },
    entities: { Ticket: tickets },
  }),
};
const notes = {
  sdl: linked(`
    type Query { noted: [Ticket] }
    type Ticket @key(fields: "id") { id: ID! note: String }`),
  resolvers: resolveFromData({
    query: { noted: tickets.map(({ id }) => ({ id, note: `note ${id}` })) },
    entities: { Ticket: tickets.map(({ id }) => ({ id, note: `note ${id}` })) },
  }),
};

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

describe.each(["compiled", "apollo"] as const)("rows, with the %s executor", (executor) => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await startSmallMesh({
      subgraphs: { desk, notes },
      issuers: [issuer],
      config: (config) => ({ ...config, executor }),
    });
  });
  afterAll(() => mesh.stop());
  const ask = (query: string, regions: readonly string[] = ["EMEA"], scope = "") =>
    mesh.ask(query, { token: issuer.token({ regions, scope }) });

  test("a type with a filter and a period is shown where both hold", async () => {
    const { data, errors } = await ask("{ tickets { id } ticket { id } }");
    expect(data).toEqual({ tickets: [{ id: "2" }], ticket: null });
    expect(errors).toEqual([]);
  });

  test("types whose filters read fields of one name and different types do not meet in one plan", async () => {
    const { data, errors } = await ask(
      "{ items { id text } anything { ... on Chat { id } ... on Ticket { id } } }",
    );
    expect(errors).toEqual([]);
    expect(data.items).toEqual([
      { id: "2", text: "new" },
      { id: "8", text: "hi" },
    ]);
    expect(data.anything).toEqual([{ id: "2" }, { id: "8" }]);
  });

  test("what the client selects under the same names is not disturbed", async () => {
    const { data } = await ask(
      "{ items { ... on Ticket { region when: openedAt } ... on Chat { zone: region } } }",
      ["EMEA", "AMER", "APAC"],
      "dates",
    );
    expect(data.items).toEqual([
      { region: "EMEA", when: tickets[1]?.openedAt },
      { region: "AMER", when: tickets[2]?.openedAt },
      { zone: "EMEA" },
      { zone: "APAC" },
    ]);
  });

  test("a subgraph that knows nothing of the filter gives nothing more", async () => {
    const { data } = await ask("{ noted { id note } }");
    expect(data).toEqual({ noted: [{ id: "2", note: "note 2" }] });
  });

  test("a field past its period is null, one without a date as well, without an error", async () => {
    const { data, errors } = await ask("{ tickets { id ip seenAt } }", ["EMEA", "AMER"]);
    expect(data.tickets).toEqual([
      { id: "2", ip: null, seenAt: tickets[1]?.seenAt },
      { id: "3", ip: null, seenAt: null },
    ]);
    expect(errors).toEqual([]);
  });

  test("a row that must be there and is hidden nulls what it is part of, without an error", async () => {
    const { data, errors } = await ask("{ first { id } }");
    expect([data, errors]).toEqual([null, []]);
  });

  test("nobody is shown nothing", async () => {
    expect((await mesh.ask("{ tickets { id } items { id } }")).data).toEqual({ tickets: [], items: [] });
  });
});

test("a field within its period is shown", async () => {
  const fresh = [{ ...tickets[1], seenAt: daysAgo(3) }];
  const mesh = await startSmallMesh({
    subgraphs: { desk: { ...desk, resolvers: resolveFromData({ query: { tickets: fresh } }) } },
    issuers: [issuer],
  });
  const { data } = await mesh.ask("{ tickets { ip } }", { token: issuer.token({ regions: "EMEA" }) });
  await mesh.stop();
  expect(data).toEqual({ tickets: [{ ip: "10.0.0.2" }] });
});
