import { buildSchema, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { buildShape, type ShapeInput } from "../../../../gateway/execution/build-shape.ts";
import type { Delivery } from "../../../../gateway/execution/operation-shape.ts";
import { compileShaper, type ShapedResponse } from "../../../../gateway/execution/shape-response.ts";
import { Tally } from "../../../../gateway/execution/tally.ts";
import { compileFastWriter } from "../../../../gateway/execution/write-response.ts";
import { rowFilter } from "../../../../shared/directives/row-filter.ts";

const schema = buildSchema(`
  type Query { me: User must: User! users: [User!] maybe: [User] grid: [[User!]!] node: Node search: [Thing!] tags: [String!] any: JSON }
  interface Node { id: ID! }
  type User implements Node { id: ID! name: String nick: String! age: Int score: Float ok: Boolean role: Role friend: User best: User! email: String emails: [String] constructor: String }
  type Robot implements Node { id: ID! model: String }
  union Thing = User | Robot
  enum Role { ADMIN USER }
  scalar JSON
`);

const regionRule = rowFilter.rows?.({ field: "region", claim: "regions", onDeny: "OMIT", pushdown: false });
const regions = regionRule ? [{ key: "__row_region", rule: regionRule }] : [];

interface Case {
  readonly query: string;
  readonly data: Record<string, unknown>;
  readonly options?: Partial<ShapeInput>;
  readonly claims?: readonly string[];
  readonly explained?: string;
}

/** Shapes with the complete writer; the fast writer must give the same text, or give up where there are errors. */
function shape({
  query,
  data,
  options,
  claims = [],
  explained,
}: Case): ShapedResponse & { readonly tally: Tally | undefined } {
  const document = parse(query);
  const operation = buildShape({ schema, document, operationName: null, ...options });
  const tallies = [new Tally(operation.slots), new Tally(operation.slots)];
  const request = (tally: Tally | undefined) => ({
    tally: tally ?? null,
    claimValues: () => new Set(claims),
    now: 0,
    introspection: new Map([["__schema", '{"x":1}']]),
  });
  const [complete, quick] = tallies;
  const isExplained = (path: readonly (string | number)[]) => path.join(".") === explained;
  const shaped = compileShaper(operation, schema)(data, request(complete), isExplained);
  const fast = compileFastWriter(operation, schema);
  expect(fast).not.toBeNull();
  const text = fast?.(data, request(quick));
  if (text !== null) {
    expect(text).toBe(shaped.dataText);
    expect(quick).toEqual(complete);
  } else if (explained === undefined) expect(shaped.errors.length).toBeGreaterThan(0);
  if (shaped.errors.length > 0) expect(text).toBeNull();
  return { ...shaped, tally: complete };
}

function data(test: Case): unknown {
  const shaped = shape(test);
  expect(shaped.errors).toEqual([]);
  return JSON.parse(shaped.dataText);
}

function errors(test: Case): unknown {
  const shaped = shape(test);
  return [
    JSON.parse(shaped.dataText),
    ...shaped.errors.map(({ path, extensions }) => `${path?.join(".")} ${extensions?.code}`),
  ];
}

describe("shaping a response", () => {
  it("keeps the client's order and aliases, and drops what was fetched for the gateway only", () => {
    const test = {
      query: "{ b: me { nick: name id } __typename a: me { id } any }",
      data: { any: { z: [1, null] }, a: { id: "1", key: 1 }, b: { id: 2, nick: "x", __typename: "User" } },
    };
    expect(shape(test).dataText).toBe(
      '{"b":{"nick":"x","id":"2"},"__typename":"Query","a":{"id":"1"},"any":{"z":[1,null]}}',
    );
  });

  it("gives null for nullable values that are missing, and only own properties", () => {
    expect(data({ query: "{ me { constructor friend { id } name } any }", data: { me: {} } })).toEqual({
      me: { constructor: null, friend: null, name: null },
      any: null,
    });
    expect(
      data({ query: "{ me { constructor } }", data: { me: JSON.parse('{"constructor":"c"}') } }),
    ).toEqual({
      me: { constructor: "c" },
    });
  });

  it("escapes strings as JSON demands", () => {
    const name = 'a"b\\c\u0000\n\u2028é😀\ud800';
    expect(data({ query: "{ me { name } }", data: { me: { name } } })).toEqual({ me: { name } });
  });

  it("coerces built-in scalars as the specification allows", () => {
    const query = "{ me { id name age score ok role } }";
    const me = { id: 7, name: true, age: "3", score: "1.5", ok: 1, role: "ADMIN" };
    expect(data({ query, data: { me } })).toEqual({
      me: { id: "7", name: "true", age: 3, score: 1.5, ok: true, role: "ADMIN" },
    });
  });

  it.each([
    ["age", 1.5],
    ["age", 2 ** 31],
    ["age", "x"],
    ["score", Number.POSITIVE_INFINITY],
    ["ok", "true"],
    ["role", "HIDDEN"],
    ["role", "constructor"],
    ["name", { secret: 1 }],
    ["friend", "text"],
    ["friend", [{ id: 1 }]],
    ["emails", "a"],
  ])("makes %s null, with an error that does not repeat it, when it is %j", (field, value) => {
    const inner = field === "friend" ? "friend { id }" : field;
    const test = { query: `{ me { ${inner} } }`, data: { me: { [field]: value } } };
    expect(errors(test)).toEqual([{ me: { [field]: null } }, `me.${field} INVALID_VALUE`]);
    expect(JSON.stringify(shape(test))).not.toContain("secret");
  });

  it("propagates null to the nearest nullable place, with the path of the cause", () => {
    expect(errors({ query: "{ me { best { nick } } any }", data: { any: 1, me: { best: {} } } })).toEqual([
      { me: null, any: 1 },
      "me.best.nick NULL_IN_NON_NULL_FIELD",
    ]);
    expect(errors({ query: "{ must { id } any }", data: { any: 1 } })).toEqual([
      null,
      "must NULL_IN_NON_NULL_FIELD",
    ]);
    const users = [{ nick: "a" }, null, { nick: "c" }];
    expect(errors({ query: "{ users { nick } }", data: { users } })).toEqual([
      { users: null },
      "users.1 NULL_IN_NON_NULL_FIELD",
    ]);
    expect(data({ query: "{ maybe { nick } }", data: { maybe: users } })).toEqual({ maybe: users });
    expect(errors({ query: "{ grid { nick } }", data: { grid: [[{ nick: "a" }], [{}]] } })).toEqual([
      { grid: null },
      "grid.1.0.nick NULL_IN_NON_NULL_FIELD",
    ]);
    expect(errors({ query: "{ tags }", data: { tags: ["a", null] } })).toEqual([
      { tags: null },
      "tags.1 NULL_IN_NON_NULL_FIELD",
    ]);
  });

  it("reports nothing where another error explains the null", () => {
    expect(errors({ query: "{ must { id } }", data: {}, explained: "must" })).toEqual([null]);
  });

  it("picks the fields of abstract types by __typename", () => {
    const query =
      "{ search { __typename ... on User { name } t: __typename ... on Robot { name: model } ... on Node { id } } }";
    const search = [
      { __typename: "User", name: "u", id: "1" },
      { __typename: "Robot", name: "r", id: "2" },
    ];
    expect(data({ query, data: { search } })).toEqual({
      search: [
        { __typename: "User", name: "u", t: "User", id: "1" },
        { __typename: "Robot", t: "Robot", name: "r", id: "2" },
      ],
    });
  });

  it("shows no object of an unknown type, and fails closed where the type decides and is missing", () => {
    for (const __typename of ["Hidden", "toString", undefined, 3, "Node"]) {
      expect(
        errors({ query: "{ node { id ... on User { name } } }", data: { node: { __typename, id: "1" } } }),
      ).toEqual([{ node: null }, "node INVALID_VALUE"]);
    }
    expect(errors({ query: "{ node { id } }", data: { node: { __typename: "Hidden", id: "1" } } })).toEqual([
      { node: null },
      "node INVALID_VALUE",
    ]);
  });

  it("delivers objects of an interface object, whose type nobody named, where the type makes no difference", () => {
    for (const __typename of ["Node", undefined, null]) {
      expect(data({ query: "{ node { id } }", data: { node: { __typename, id: "1" } } })).toEqual({
        node: { id: "1" },
      });
    }
  });

  it("refuses the response key __proto__ instead of changing a prototype", () => {
    expect(() => shape({ query: "{ __proto__: any }", data: {} })).toThrow(/__proto__/);
    expect(data({ query: "{ valueOf: any }", data: {} })).toEqual({ valueOf: null });
  });

  it("writes introspection fields from the text it is given", () => {
    expect(data({ query: "{ __schema { description } }", data: {} })).toEqual({ __schema: { x: 1 } });
  });
});

describe("what authorisation decided", () => {
  const deny = (...coordinates: string[]): Partial<ShapeInput> => ({
    deliver: (type, field) =>
      coordinates.includes(`${type}.${field}`) ? { kind: "denied" } : { kind: "value" },
  });

  it("makes refused fields null and propagates it silently", () => {
    const options = deny("User.name", "User.nick");
    const me = { name: "secret", id: "1" };
    expect(data({ query: "{ me { name id } }", data: { me }, options })).toEqual({
      me: { name: null, id: "1" },
    });
    expect(
      data({ query: "{ me { id friend { nick } } }", data: { me: { id: 1, friend: {} } }, options }),
    ).toEqual({
      me: { id: "1", friend: null },
    });
    expect(
      data({ query: "{ users { nick } maybe { nick } }", data: { users: [{}], maybe: [{}] }, options }),
    ).toEqual({
      users: null,
      maybe: [null],
    });
    expect(data({ query: "{ must { nick } }", data: { must: {} }, options })).toBeNull();
  });

  it("refuses per object type behind an interface", () => {
    const search = [
      { __typename: "User", id: "1" },
      { __typename: "Robot", id: "2" },
    ];
    const query = "{ search { ... on Node { id } } node { ... on User { name } id } }";
    expect(data({ query, data: { search, node: search[1] }, options: deny("User.name") })).toEqual({
      search: [{ id: "1" }, { id: "2" }],
      node: { id: "2" },
    });
  });

  const mask = (apply: (value: unknown) => unknown): Partial<ShapeInput> => ({
    deliver: (_, field): Delivery =>
      field.startsWith("email") ? { kind: "masked", mask: { key: "m", rank: 0, apply } } : { kind: "value" },
  });

  it("masks leaves and list items one by one, and leaves null alone", () => {
    const seen: unknown[] = [];
    const options = mask((value) => {
      seen.push(value);
      return `<${value}>`;
    });
    const me = { email: 5, emails: ["a", null, "b"], friend: { email: null } };
    expect(
      data({
        query: "{ me { e: email email emails friend { email } } }",
        data: { me: { ...me, e: "x" } },
        options,
      }),
    ).toEqual({
      me: { e: "<x>", email: "<5>", emails: ["<a>", null, "<b>"], friend: { email: null } },
    });
    expect(seen).not.toContain(null);
  });

  it("shows null where a mask says so, and null with an error where it throws", () => {
    expect(
      data({ query: "{ me { email } }", data: { me: { email: "a" } }, options: mask(() => null) }),
    ).toEqual({
      me: { email: null },
    });
    const options = mask((value) => {
      throw new Error(String(value));
    });
    const test = { query: "{ me { email } }", data: { me: { email: "secret" } }, options };
    expect(errors(test)).toEqual([{ me: { email: null } }, "me.email INVALID_VALUE"]);
    expect(JSON.stringify(shape(test))).not.toContain("secret");
  });

  it("leaves hidden rows out of lists and makes them null elsewhere", () => {
    const options: Partial<ShapeInput> = {
      rowChecks: (type) => (type === "User" ? regions : []),
    };
    const row = (id: string, region: unknown): unknown => ({ id, __row_region: region, __typename: "User" });
    const rows = [
      row("1", "EMEA"),
      row("2", "US"),
      row("3", null),
      row("4", 7),
      row("5", ["EMEA"]),
      row("6", undefined),
    ];
    const query = "{ users { id } maybe { id } grid { id } me { id } search { ... on Node { id } } }";
    const given = { users: rows, maybe: [...rows, null], grid: [rows, []], me: rows[1], search: rows };
    const claims = ["EMEA", "7"];
    const shown = [{ id: "1" }, { id: "4" }];
    expect(data({ query, data: given, options, claims })).toEqual({
      users: shown,
      maybe: [...shown, null],
      grid: [shown, []],
      me: null,
      search: shown,
    });
    expect(data({ query: "{ users { id } me { id } }", data: given, options })).toEqual({
      users: [],
      me: null,
    });
    expect(data({ query: "{ must { id } }", data: { must: rows[1] }, options })).toBeNull();
  });
});

describe("counting deliveries", () => {
  const slots: readonly string[] = ["User.name", "User.nick", "User.friend", "User.emails", "User.age"];
  const count = (type: string, field: string) => {
    const slot = slots.indexOf(`${type}.${field}`);
    return slot < 0 ? null : { slot, subjectKeys: ["id"] };
  };
  const tallyOf = (test: Case) => {
    const { tally } = shape({ ...test, options: { count, ...test.options } });
    return Object.fromEntries(slots.map((name, slot) => [name, tally?.counts[slot] ?? 0]));
  };
  const user = { id: "1", name: "Ann", nick: "a", emails: ["x", "y"], age: 3 };

  it("counts each value that is given out, wherever it stands, and lists as one", () => {
    const query = "{ me { name nick friend { name } emails } maybe { n: name m: name age } }";
    const maybe = [{ ...user, n: "Ann", m: "Ann" }, null, { ...user, n: null }];
    expect(tallyOf({ query, data: { me: { ...user, friend: user }, maybe } })).toEqual({
      "User.name": 4,
      "User.nick": 1,
      "User.friend": 1,
      "User.emails": 1,
      "User.age": 2,
    });
  });

  it("counts masked values, and neither refused ones nor those of rows that are hidden", () => {
    const deliver = (_type: string, field: string): Delivery => {
      if (field === "age") return { kind: "denied" };
      const mask = { key: "X", rank: 1, apply: (value: unknown) => (value === "Ann" ? null : "x") };
      return field === "name" ? { kind: "masked", mask } : { kind: "value" };
    };
    const users = [{ ...user, name: "Bob", __row_region: "EU" }, { ...user, __row_region: "EU" }, user];
    const query = "{ users { name nick age } }";
    const rowChecks = (type: string) => (type === "User" ? regions : []);
    expect(
      tallyOf({ query, data: { users }, claims: ["EU"], options: { deliver, rowChecks } }),
    ).toMatchObject({
      "User.name": 1,
      "User.nick": 2,
      "User.age": 0,
    });
  });

  it("notes whose values they were, each once", () => {
    const { tally } = shape({
      query: "{ users { name } again: users { name } }",
      data: { users: [user, { ...user, id: 2 }, { name: "Nobody" }], again: [user] },
      options: { count },
    });
    expect([...(tally?.subjects[0] ?? [])]).toEqual(["1", "2", ""]);
  });

  it("leaves shapes alone in which nothing is counted", () => {
    expect(shape({ query: "{ me { id } }", data: { me: user }, options: { count } }).tally?.counts).toEqual(
      [],
    );
  });
});
