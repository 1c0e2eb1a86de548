import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../testkit/compose-schemas.ts";
import { resolveFromData } from "../testkit/resolve-from-data.ts";
import { type MeshAnswer, type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const ZOO = linked(`
  type Query {
    abOrC: Int @requiresScopes(scopes: [["a", "b"], ["c"]])
    cat: Cat
    animals: [Animal!]!
    pets: [Pet]
    node(id: ID!): Node
    vault: Vault
    search: [Thing]
    serial: Serial
    mood: Mood
    badge: Badge
    home: Home!
    open: String
    members: String @authenticated
  }
  type Mutation {
    rename(name: String): Cat
    purge: Boolean @requiresScopes(scopes: [["admin"]])
    seal: Vault
  }
  interface Node { id: ID! }
  interface Animal { id: ID! name: String owner: String }
  interface Pet { name: String }
  type Cat implements Animal & Pet & Node @key(fields: "id") {
    id: ID!
    name: String
    owner: String @requiresScopes(scopes: [["owner"]])
    chip: String @requiresScopes(scopes: [["chip"]])
    friend: Cat
  }
  type Dog implements Animal & Pet { id: ID! name: String owner: String bone: String }
  type Vault implements Node @requiresScopes(scopes: [["vault"]]) { id: ID! gold: Int @requiresScopes(scopes: [["gold"]]) label: String }
  union Thing = Dog | Secret
  type Secret @requiresScopes(scopes: [["secret"]]) { text: String }
  scalar Serial @requiresScopes(scopes: [["serial"]])
  enum Mood @authenticated { GOOD BAD }
  type Badge { number: Serial mood: Mood title: String }
  type Home { street: String! @requiresScopes(scopes: [["home"]]) city: City }
  type City { name: String! zip: String! @requiresScopes(scopes: [["home"]]) }
`);

const CLINIC = linked(`
  type Query { patients: [Cat] }
  type Cat @key(fields: "id") { id: ID! weight: Int diet: Diet notes: String @authenticated }
  type Diet @shareable { fat: Int }
`);

const tom = { __typename: "Cat", id: "1", name: "Tom", owner: "Ann", chip: "C-77" };
const cat = { ...tom, friend: { ...tom, id: "2", name: "Tim" } };
const rex = { __typename: "Dog", id: "9", name: "Rex", owner: "Bob", bone: "big" };
const vault = { __typename: "Vault", id: "7", gold: 5, label: "old" };
const nodes: Record<string, unknown> = { "1": cat, "7": vault };

const zooData = resolveFromData({
  query: {
    abOrC: 1,
    cat,
    animals: [cat, rex],
    pets: [cat, rex],
    node: ({ id }: { id: string }) => nodes[id],
    vault,
    search: [rex, { __typename: "Secret", text: "hush" }],
    serial: "S-1",
    mood: "GOOD",
    badge: { number: "S-2", mood: "BAD", title: "chief" },
    home: { street: "Elm", city: { name: "Rome", zip: "00100" } },
    open: "open",
    members: "members",
  },
  mutation: { rename: cat, purge: true, seal: vault },
  entities: { Cat: [cat] },
});
const clinicData = resolveFromData({
  query: { patients: [{ id: "1", weight: 4 }] },
  entities: { Cat: [{ id: "1", weight: 4, diet: { fat: 3 }, notes: "shy" }] },
});

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

describe.each(["compiled", "apollo"] as const)("with the %s executor", (executor) => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await startSmallMesh({
      subgraphs: { zoo: { sdl: ZOO, resolvers: zooData }, clinic: { sdl: CLINIC, resolvers: clinicData } },
      issuers: [issuer],
      config: (config) => ({ ...config, executor }),
    });
  });
  afterAll(() => mesh.stop());

  /** Asks with these scopes; `null` asks without a token. */
  async function ask(query: string, scopes: string | null, variables = {}): Promise<MeshAnswer> {
    mesh.calls.length = 0;
    return mesh.ask(query, {
      variables,
      ...(scopes === null ? {} : { token: issuer.token({ scope: scopes }) }),
    });
  }

  /** `path CODE coordinate` of every error. */
  function refusals({ errors }: MeshAnswer): readonly string[] {
    return errors.map(
      ({ path, extensions }) => `${path?.join(".")} ${extensions.code} ${extensions.coordinate}`,
    );
  }

  /** Everything that was asked of any subgraph. */
  const asked = () => mesh.calls.map(({ body }) => body).join("\n");

  test.each([
    ["a", false],
    ["b", false],
    ["a b", true],
    ["c", true],
    ["", false],
  ])("21: scopes [[a,b],[c]] with {%s}: %s", async (scopes, allowed) => {
    const { data } = await ask("{ abOrC open }", scopes);
    expect(data).toEqual({ abOrC: allowed ? 1 : null, open: "open" });
    expect(asked().includes("abOrC")).toBe(allowed);
  });

  test("21: what is missing is named per alternative, together for type and field", async () => {
    const { errors } = await ask("{ abOrC }", "a");
    expect(errors).toEqual([
      {
        message: "Unauthorized field or type",
        path: ["abOrC"],
        extensions: {
          code: "UNAUTHORIZED_FIELD_OR_TYPE",
          coordinate: "Query.abOrC",
          directive: "requiresScopes",
          missing: [["b"], ["c"]],
        },
      },
    ]);
  });

  test("22: the rules of the type AND of the field hold", async () => {
    expect((await ask("{ vault { gold } }", "gold")).data).toBeNull();
    const partly = await ask("{ vault { gold label } }", "vault");
    expect(partly.data).toEqual({ vault: { gold: null, label: "old" } });
    expect(partly.errors[0]?.extensions.missing).toEqual([["gold"]]);
    expect((await ask("{ vault { gold } }", "vault gold")).data).toEqual({ vault: { gold: 5 } });
  });

  test("24: a protected scalar or enum protects every field that returns it", async () => {
    const none = await ask("{ serial mood badge { number mood title } }", null);
    expect(none.data).toEqual({
      serial: null,
      mood: null,
      badge: { number: null, mood: null, title: "chief" },
    });
    expect(refusals(none)).toEqual([
      "serial UNAUTHENTICATED Query.serial",
      "mood UNAUTHENTICATED Query.mood",
      "badge.number UNAUTHENTICATED Badge.number",
      "badge.mood UNAUTHENTICATED Badge.mood",
    ]);
    const known = await ask("{ serial mood badge { number mood } }", "");
    expect(known.data).toEqual({ serial: null, mood: "GOOD", badge: { number: null, mood: "BAD" } });
    expect((await ask("{ serial badge { number } }", "serial")).data).toEqual({
      serial: "S-1",
      badge: { number: "S-2" },
    });
  });

  test("25: an interface field is refused unless the rules of all implementers are met", async () => {
    const some = await ask("{ animals { name owner } }", "");
    expect(some.data).toEqual({
      animals: [
        { name: "Tom", owner: null },
        { name: "Rex", owner: null },
      ],
    });
    expect(refusals(some)).toEqual(["animals.owner UNAUTHORIZED_FIELD_OR_TYPE Animal.owner"]);
    expect(asked()).not.toContain("owner");
    const all = await ask("{ animals { owner } }", "owner");
    expect(all.data.animals).toEqual([{ owner: "Ann" }, { owner: "Bob" }]);
  });

  test("25: a fragment on the same interface is no way around", async () => {
    const query = "{ animals { id ... on Animal { owner } ...F } } fragment F on Animal { mine: owner }";
    const { data } = await ask(query, "");
    expect(data.animals).toEqual([
      { id: "1", owner: null, mine: null },
      { id: "9", owner: null, mine: null },
    ]);
    expect(asked()).not.toContain("owner");
  });

  test("25: what one type may show under the same key, it shows", async () => {
    const { data, errors } = await ask("{ animals { owner ... on Dog { owner bone } } }", "");
    expect(data.animals).toEqual([{ owner: null }, { owner: "Bob", bone: "big" }]);
    expect(errors.map(({ path }) => path)).toEqual([["animals", "owner"]]);
  });

  test("25: a guarded implementer guards every field that returns the interface", async () => {
    expect((await ask(`{ node(id: "1") { id } }`, "")).data).toBeNull();
    expect((await ask(`{ node(id: "1") { id } }`, "vault")).data).toEqual({ node: { id: "1" } });
  });

  test("28: a union is open, its members are judged, __typename is always allowed", async () => {
    const { data, errors } = await ask(
      "{ search { __typename ... on Secret { text } ... on Dog { bone } } }",
      "",
    );
    expect(data.search).toEqual([
      { __typename: "Dog", bone: "big" },
      { __typename: "Secret", text: null },
    ]);
    expect(errors[0]).toMatchObject({ path: ["search", "text"], extensions: { coordinate: "Secret.text" } });
    expect(asked()).not.toContain("text");
    const alone = await ask("{ search { ... on Secret { __typename } } }", "");
    expect(alone.data.search).toEqual([{}, { __typename: "Secret" }]);
    expect(alone.errors).toEqual([]);
  });

  test("29: a type is judged alike from a root, a list, node(id) and a payload", async () => {
    const queries = [
      "{ vault { label } }",
      `{ node(id: "7") { ... on Vault { label } } }`,
      "mutation { seal { label } }",
    ];
    for (const query of queries) {
      const refused = await ask(query, "gold");
      expect(refused.data).toBeNull();
      expect(mesh.calls).toEqual([]);
      expect(JSON.stringify((await ask(query, "vault")).data)).toContain("old");
    }
  });

  test.each([
    "{ cat { chip } }",
    "{ cat { c: chip } }",
    "{ cat { chip chip } }",
    "{ cat { ... { chip } } }",
    "{ cat { ... on Cat { chip } } }",
    "{ cat { ... on Animal { ... on Cat { chip } } } }",
    "{ ...Q } fragment Q on Query { cat { ...F } } fragment F on Cat { ... on Pet { ...G } } fragment G on Cat { chip }",
    "{ cat { friend { friend { chip } } } }",
    "{ x: cat { chip } y: cat { z: chip } }",
  ])("30: %s is refused whatever it is wrapped in", async (query) => {
    const refused = await ask(query, "");
    expect(refused.text).not.toContain("C-77");
    expect(mesh.calls).toEqual([]);
    expect(refused.errors.length).toBeGreaterThan(0);
    expect(refused.errors.every(({ extensions }) => extensions.coordinate === "Cat.chip")).toBe(true);
    expect((await ask(query, "chip")).text).toContain(query.includes("friend") ? "null" : "C-77");
  });

  test("30: each schema path is reported once, by its response keys", async () => {
    const query = "{ x: cat { chip chip } y: cat { z: chip ... on Cat { z: chip } } }";
    expect(refusals(await ask(query, ""))).toEqual([
      "x.chip UNAUTHORIZED_FIELD_OR_TYPE Cat.chip",
      "y.z UNAUTHORIZED_FIELD_OR_TYPE Cat.chip",
    ]);
  });

  test.each([
    ["@skip(if: true)", {}, false],
    ["@skip(if: false)", {}, true],
    ["@include(if: false)", {}, false],
    ["@include(if: true)", {}, true],
    ["@skip(if: $v)", { v: true }, false],
    ["@skip(if: $v)", { v: false }, true],
    ["@include(if: $v)", { v: false }, false],
    ["@include(if: $v)", { v: true }, true],
    ["@include(if: true) @skip(if: $v)", { v: true }, false],
    ["@include(if: $v) @skip(if: false)", { v: true }, true],
  ])("31: chip %s with %j is judged only where it is included", async (condition, variables, included) => {
    const operation = "v" in variables ? "query ($v: Boolean!)" : "query";
    const query = `${operation} { cat { name chip ${condition} } }`;
    const refused = await ask(query, "", variables);
    expect(refused.data).toEqual({ cat: included ? { name: "Tom", chip: null } : { name: "Tom" } });
    expect(refused.errors).toHaveLength(included ? 1 : 0);
    const allowed = await ask(query, "chip", variables);
    expect(allowed.data).toEqual({ cat: included ? { name: "Tom", chip: "C-77" } : { name: "Tom" } });
    expect(asked().includes("chip")).toBe(included);
  });

  test("31: a fragment that is skipped in one place counts in the other", async () => {
    const query =
      "query ($v: Boolean!) { cat { ...F @skip(if: $v) friend { ...F } } } fragment F on Cat { chip }";
    expect(refusals(await ask(query, "", { v: true }))).toEqual([
      "cat.friend.chip UNAUTHORIZED_FIELD_OR_TYPE Cat.chip",
    ]);
    expect(refusals(await ask(query, "", { v: false }))).toHaveLength(2);
  });

  test("31: a selection that conditions leave empty is an empty object", async () => {
    expect((await ask("{ cat { chip @skip(if: true) } open }", "")).data).toEqual({ cat: {}, open: "open" });
  });

  test("32: one cached document keeps nothing from one request to the next", async () => {
    const query = "query ($v: Boolean!) { cat { name @skip(if: $v) chip @include(if: $v) } }";
    const runs = Array.from({ length: 60 }, (_, index) => ({
      v: index % 2 === 0,
      scopes: index % 3 === 0 ? "chip" : "",
    }));
    const answers = await Promise.all(
      runs.map(({ v, scopes }) =>
        mesh.ask(query, { variables: { v }, token: issuer.token({ scope: scopes }) }),
      ),
    );
    answers.forEach(({ data, errors }, index) => {
      const { v, scopes } = runs[index] ?? { v: false, scopes: "" };
      expect(data?.cat ?? null).toEqual(v ? (scopes === "chip" ? { chip: "C-77" } : null) : { name: "Tom" });
      expect(errors).toHaveLength(v && scopes === "" ? 1 : 0);
    });
  });

  test("37: an entity is joined by keys that the client never asked for and never sees", async () => {
    const { text, data } = await ask("{ patients { name weight } }", "");
    expect(data).toEqual({ patients: [{ name: "Tom", weight: 4 }] });
    expect(text).not.toContain("id");
  });

  test("40: a denied mutation is not sent; the others run in order", async () => {
    const query = `mutation { a: rename(name: "x") { name } purge b: rename(name: "y") { name } }`;
    const { data } = await ask(query, "");
    expect(data).toEqual({ a: { name: "Tom" }, purge: null, b: { name: "Tom" } });
    expect(Object.keys(data)).toEqual(["a", "purge", "b"]);
    expect(asked()).not.toContain("purge");
    const alone = await ask("mutation { purge }", "");
    expect([alone.data, mesh.calls.length]).toEqual([null, 0]);
  });

  test("40: a mutation of whose payload nothing may be seen is not run", async () => {
    const { data } = await ask("mutation { rename { chip } }", "");
    expect(data).toBeNull();
    expect(mesh.calls).toEqual([]);
  });

  test("41: a protected non-null field nulls its nearest nullable parent, with its path", async () => {
    const city = await ask("{ home { city { zip name } } open }", "");
    expect(city.data).toEqual({ home: { city: null }, open: "open" });
    expect(refusals(city)).toEqual(["home.city.zip UNAUTHORIZED_FIELD_OR_TYPE City.zip"]);
    const home = await ask("{ home { street } open }", "");
    expect(home.data).toBeNull();
    expect(refusals(home)).toEqual(["home.street UNAUTHORIZED_FIELD_OR_TYPE Home.street"]);
  });

  test("54: _entities and _service are unknown", async () => {
    for (const query of ["{ _service { sdl } }", `{ _entities(representations: []) { __typename } }`])
      expect((await ask(query, "")).status).toBe(400);
    expect((await ask("{ __schema { types { name } } }", "")).text).not.toMatch(
      /join__|link__|governance__|_Entity|_Any/,
    );
  });

  test("57: an alias that would stand in for the type is refused", async () => {
    for (const alias of ["__typename", "__row_id", "__proto__"]) {
      const { status, errors, data } = await ask(`{ animals { ${alias}: name } }`, "");
      expect([status, data]).toEqual([400, undefined]);
      expect(errors[0]?.extensions.code).toBe("RESERVED_ALIAS");
    }
    const { data } = await ask("{ animals { kind: __typename typename: name } }", "");
    expect(data.animals[0]).toEqual({ kind: "Cat", typename: "Tom" });
  });
});
