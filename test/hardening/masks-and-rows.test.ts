import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../testkit/compose-schemas.ts";
import { resolveFromData } from "../testkit/resolve-from-data.ts";
import { type AskOptions, type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

interface Employee {
  readonly id: string;
  readonly name: string;
  readonly salary: number;
  readonly email: string;
  readonly emails: readonly string[];
  readonly region: string | null;
}

const STAFF: readonly Employee[] = [
  ["1", "Ada", 73_211, "EMEA"],
  ["2", "Bob", 41_007, "AMER"],
  ["3", "Cyd", 98_500, "EMEA"],
  ["4", "Dan", 55_000, null],
].map(([id, name, salary, region]) => ({
  id: String(id),
  name: String(name),
  salary: Number(salary),
  email: `${String(name).toLowerCase()}@corp.example`,
  emails: [`${String(name).toLowerCase()}@home.example`, "none"],
  region: region === null ? null : String(region),
}));

interface Search {
  readonly filter?: Filter | null;
  readonly sort?: string;
  readonly minSalary?: number | null;
  readonly any?: readonly Filter[];
}
interface Filter {
  readonly salary?: { readonly gt?: number; readonly lt?: number } | null;
  readonly name?: string;
  readonly not?: Filter;
}

function matches(employee: Employee, { salary, name, not }: Filter): boolean {
  return (
    employee.salary > (salary?.gt ?? Number.NEGATIVE_INFINITY) &&
    employee.salary < (salary?.lt ?? Number.POSITIVE_INFINITY) &&
    (name === undefined || employee.name === name) &&
    (not === undefined || !matches(employee, not))
  );
}

function search({ filter, sort, minSalary, any }: Search): readonly Employee[] {
  const found = STAFF.filter(
    (employee) =>
      matches(employee, filter ?? {}) &&
      employee.salary >= (minSalary ?? 0) &&
      (any === undefined || any.some((item) => matches(employee, item))),
  );
  return sort === "SALARY_DESC" ? [...found].sort((a, b) => b.salary - a.salary) : found;
}

const REVEALS = `@reveals(fields: ["Employee.salary"])`;
const hr = {
  sdl: linked(`
    type Query {
      staff(filter: Filter, sort: Sort = NAME_ASC, minSalary: Int ${REVEALS}, any: [Filter!], bornAfter: Int @reveals(fields: ["Employee.birthYear"])): [Plain!]!
      ranking(sort: Sort = SALARY_DESC): [Plain]
      employees: [Employee!]!
      maybe: [Employee]
      employee(id: ID!): Employee
      people: [Person]
    }
    type Mutation { rename(id: ID!, name: String!): Employee }
    enum Sort { NAME_ASC SALARY_DESC ${REVEALS} }
    input Filter { name: String salary: Range ${REVEALS} not: Filter }
    input Range { gt: Int lt: Int }
    interface Person { name: String email: String }
    type Plain { name: String }
    type Employee implements Person @key(fields: "id") @rowFilter(field: "region", claim: "regions") {
      id: ID!
      name: String
      salary: Int @mask(strategy: BUCKET, size: 50000.0, unlessScopes: ["hr"])
      email: String @mask(strategy: EMAIL, unlessScopes: ["hr"])
      emails: [String!] @mask(strategy: EMAIL, unlessScopes: ["hr"])
      region: String @requiresScopes(scopes: [["hr"]])
      birthYear: Int @inaccessible
      manager: Employee
    }`),
  resolvers: resolveFromData({
    query: {
      staff: search,
      ranking: search,
      employees: STAFF,
      maybe: STAFF,
      employee: ({ id }: { id: string }) => STAFF.find((item) => item.id === id),
      people: STAFF.map((item) => ({ __typename: "Employee", ...item, manager: STAFF[0] })),
    },
    mutation: {
      rename: ({ id, name }: { id: string; name: string }) => ({
        ...STAFF.find((item) => item.id === id),
        name,
      }),
    },
    entities: { Employee: STAFF.map((item) => ({ ...item })) },
  }),
};
const letters = {
  sdl: linked(`
    type Query { recipients: [Employee] }
    type Employee @key(fields: "id") {
      id: ID!
      email: String @external
      greeting: String @requires(fields: "email") @mask(strategy: REDACT, unlessScopes: ["hr"])
    }`),
  resolvers: {
    Query: { recipients: () => [{ id: "1" }, { id: "2" }] },
    Employee: {
      __resolveReference: (reference: { email?: string }) => ({
        ...reference,
        greeting: `Dear ${reference.email}`,
      }),
    },
  },
};

let issuer: TokenIssuer;
let mesh: SmallMesh;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  mesh = await startSmallMesh({ subgraphs: { hr, letters }, issuers: [issuer] });
});
afterAll(async () => {
  await mesh.stop();
  await issuer.stop();
});

function ask(query: string, claims: Readonly<Record<string, unknown>>, options: AskOptions = {}) {
  mesh.calls.length = 0;
  return mesh.ask(query, { token: issuer.token(claims), ...options });
}

const ANALYST = { scope: "", regions: ["EMEA", "AMER"] };
const HR = { scope: "hr", regions: ["EMEA", "AMER"] };

describe("43: searching by a masked field", () => {
  test.each([
    ["an input field", "{ staff(filter: { salary: { gt: 70000 } }) { name } }", {}, "Filter.salary"],
    [
      "a nested one",
      "{ staff(filter: { not: { not: { salary: { lt: 1 } } } }) { name } }",
      {},
      "Filter.salary",
    ],
    [
      "one in a list",
      `{ staff(any: [{ name: "Ada" }, { salary: { gt: 1 } }]) { name } }`,
      {},
      "Filter.salary",
    ],
    [
      "null, which could be searched for",
      "{ staff(filter: { salary: null }) { name } }",
      {},
      "Filter.salary",
    ],
    [
      "a variable",
      "query ($f: Filter) { staff(filter: $f) { name } }",
      { f: { salary: { gt: 1 } } },
      "Filter.salary",
    ],
    [
      "a variable inside of a literal",
      "query ($s: Range) { staff(filter: { salary: $s }) { name } }",
      { s: { gt: 1 } },
      "Filter.salary",
    ],
    [
      "a variable's default",
      "query ($f: Filter = { salary: { gt: 1 } }) { staff(filter: $f) { name } }",
      {},
      "Filter.salary",
    ],
    ["an enum value", "{ staff(sort: SALARY_DESC) { name } }", {}, "Sort.SALARY_DESC"],
    [
      "an enum value in a variable",
      "query ($s: Sort!) { staff(sort: $s) { name } }",
      { s: "SALARY_DESC" },
      "Sort.SALARY_DESC",
    ],
    ["an argument", "{ staff(minSalary: 70000) { name } }", {}, "Query.staff(minSalary:)"],
    ["an argument's default", "{ ranking { name } }", {}, "Sort.SALARY_DESC"],
  ])("by %s is refused, without a call", async (_what, query, variables, argument) => {
    const { status, data, errors } = await ask(query, ANALYST, { variables });
    expect([status, data]).toEqual([200, null]);
    expect(errors).toEqual([
      {
        message: "Unauthorized field or type",
        path: [query.includes("ranking") ? "ranking" : "staff"],
        extensions: {
          code: "UNAUTHORIZED_ARGUMENT",
          coordinate: query.includes("ranking") ? "Query.ranking" : "Query.staff",
          argument,
          directive: "reveals",
          reveals: "Employee.salary",
        },
      },
    ]);
    expect(mesh.calls).toEqual([]);
    const allowed = await ask(query, HR, { variables });
    expect(allowed.errors).toEqual([]);
    expect(mesh.calls).toHaveLength(1);
  });

  test.each([
    ["{ staff { name } }", {}],
    ["{ ranking(sort: NAME_ASC) { name } }", {}],
    [`{ staff(filter: { name: "Ada" }, any: []) { name } }`, {}],
    ["query ($s: Range, $m: Int) { staff(filter: { salary: $s }, minSalary: $m) { name } }", {}],
  ])("nothing is refused that does not search by it: %s", async (query, variables) => {
    expect((await ask(query, ANALYST, { variables })).errors).toEqual([]);
  });

  test("nobody searches by a field that clients do not know, and is not told its name", async () => {
    const { data, errors } = await ask("{ staff(bornAfter: 1980) { name } }", HR);
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      { extensions: { code: "UNAUTHORIZED_ARGUMENT", argument: "Query.staff(bornAfter:)" } },
    ]);
    expect(JSON.stringify(errors)).not.toContain("birthYear");
    expect(mesh.calls).toEqual([]);
  });

  test("one cached operation is judged by the variables of each request", async () => {
    const query = "query ($f: Filter) { staff(filter: $f) { name } }";
    const searches = [{ name: "Ada" }, { salary: { gt: 1 } }, null, { salary: { gt: 2 } }, { name: "Bob" }];
    const answers = await Promise.all(
      [...searches, ...searches].map((f) =>
        mesh.ask(query, { token: issuer.token(ANALYST), variables: { f } }),
      ),
    );
    expect(answers.map(({ data }) => data === null)).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  test("a binary search for a salary learns nothing", async () => {
    const query = 'query ($gt: Int!) { staff(filter: { salary: { gt: $gt }, name: "Ada" }) { name } }';
    const learnt = new Set<string>();
    for (let [low, high] = [0, 200_000]; high - low > 1; ) {
      const middle = Math.floor((low + high) / 2);
      const { data, errors } = await mesh.ask(query, {
        token: issuer.token(ANALYST),
        variables: { gt: middle },
      });
      learnt.add(JSON.stringify([data, errors]));
      if (data?.staff?.length > 0) low = middle;
      else high = middle;
    }
    expect(learnt.size).toBe(1);
    expect([...learnt][0]).toContain("UNAUTHORIZED_ARGUMENT");
  });

  test("other fields of the same operation are answered", async () => {
    const { data } = await ask(
      "{ staff(minSalary: 1) { name } ranking(sort: NAME_ASC) { name } }",
      ANALYST,
    ).then((answer) => ({ data: answer.data }));
    expect(data).toBeNull();
    const nullable = await ask("{ all: ranking { name } ranking(sort: NAME_ASC) { name } }", ANALYST);
    expect(nullable.data).toMatchObject({ all: null, ranking: [{ name: "Ada" }, {}, {}, {}] });
    expect(mesh.calls.map(({ body }) => body).join()).not.toContain("all");
  });
});

describe("44: row filters at the gateway, for a subgraph that knows nothing of them", () => {
  const names = (list: readonly ({ name: string } | null)[]) => list.map((item) => item?.name ?? null);

  test("omit rows from lists of both kinds, null single ones, and report no error", async () => {
    const query = `{ employees { name } maybe { name } mine: employee(id: "1") { name } other: employee(id: "2") { name } }`;
    const { data, errors } = await ask(query, { regions: ["EMEA"] });
    expect(names(data.employees)).toEqual(["Ada", "Cyd"]);
    expect(names(data.maybe)).toEqual(["Ada", "Cyd"]);
    expect([data.mine, data.other]).toEqual([{ name: "Ada" }, null]);
    expect(errors).toEqual([]);
  });

  test("take the claim as one text or a list; anything else shows nothing", async () => {
    const seen = async (regions: unknown) =>
      names((await ask("{ employees { name } }", { regions })).data.employees);
    expect(await seen("AMER")).toEqual(["Bob"]);
    expect(await seen(["AMER", "EMEA"])).toEqual(["Ada", "Bob", "Cyd"]);
    for (const nothing of [undefined, null, 5, {}, [], "", ["emea"], "EMEA AMER", [null]])
      expect(await seen(nothing)).toEqual([]);
    const anonymous = await mesh.ask("{ employees { name } }");
    expect(anonymous.data).toEqual({ employees: [] });
  });

  test("read the raw value also where the caller may not, and never show it", async () => {
    const { data, text } = await ask("{ employees { name region } }", { regions: ["EMEA"] });
    expect(data.employees).toEqual([
      { name: "Ada", region: null },
      { name: "Cyd", region: null },
    ]);
    expect(text).not.toMatch(/EMEA|__row/);
  });

  test("hold behind interfaces, in payloads and across subgraphs", async () => {
    const query = "{ people { name ... on Employee { manager { name } } } recipients { id greeting } }";
    const { data } = await ask(query, { scope: "hr", regions: ["AMER"] });
    expect(data.people).toEqual([{ name: "Bob", manager: null }]);
    expect(data.recipients).toEqual([{ id: "2", greeting: "Dear bob@corp.example" }]);
    const renamed = await ask(`mutation { rename(id: "1", name: "X") { name } }`, { regions: ["AMER"] });
    expect(renamed.data).toEqual({ rename: null });
  });
});

describe("47: a masked field", () => {
  test.each([
    ["{ employees { email } }", ["ada@", "bob@", "cyd@"]],
    ["{ employees { a: email b: email } }", ["ada@", "bob@"]],
    ["{ employees { emails } }", ["ada@", "none"]],
    ["{ people { email } }", ["ada@", "bob@"]],
    ["{ people { ... on Employee { x: email } ... on Person { email } } }", ["ada@"]],
    ["{ people { ... on Employee { manager { ...F } } } } fragment F on Person { email }", ["ada@"]],
    ["{ recipients { email greeting } }", ["ada@"]],
    [`mutation { rename(id: "1", name: "Zed") { email emails salary } }`, ["ada@", "73211"]],
    ["{ employees { salary } }", ["73211", "98500"]],
  ])("%s is masked for whoever is not exempt", async (query, hidden) => {
    const { text, errors } = await ask(query, ANALYST);
    expect(errors).toEqual([]);
    for (const value of hidden) expect(text).not.toContain(value);
    const clear = await ask(query, HR);
    for (const value of hidden) expect(clear.text).toContain(value);
  });

  test("is what its strategy says, item by item", async () => {
    const { data } = await ask(`{ employee(id: "1") { email emails salary } }`, ANALYST);
    expect(data.employee).toEqual({
      email: "***@corp.example",
      emails: ["***@home.example", expect.stringMatching(/^[0-9a-f]{64}$/)],
      salary: 50_000,
    });
  });

  test("feeds what is computed from it as it is: that has its own protection", async () => {
    expect((await ask("{ recipients { greeting } }", ANALYST)).data.recipients).toEqual([
      { greeting: "[redacted]" },
      { greeting: "[redacted]" },
    ]);
    expect(mesh.calls.some(({ body }) => body.includes("ada@corp.example"))).toBe(true);
  });
});

describe("52: what is remembered of an operation", () => {
  test("is told apart by its name, the conditions and the decision", async () => {
    const document = `query A { employees { name } } query B { employees { email } }
      query C($v: Boolean!) { employees { name @include(if: $v) email @skip(if: $v) } }`;
    const run = async (operationName: string, claims: Readonly<Record<string, unknown>>, variables = {}) =>
      JSON.stringify((await ask(document, claims, { operationName, variables })).data.employees[0]);
    for (let round = 0; round < 3; round += 1) {
      expect(await run("A", ANALYST)).toBe(`{"name":"Ada"}`);
      expect(await run("B", ANALYST)).toBe(`{"email":"***@corp.example"}`);
      expect(await run("B", HR)).toBe(`{"email":"ada@corp.example"}`);
      expect(await run("C", HR, { v: true })).toBe(`{"name":"Ada"}`);
      expect(await run("C", ANALYST, { v: false })).toBe(`{"email":"***@corp.example"}`);
    }
  });
});
