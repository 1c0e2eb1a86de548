import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { isErrorCode } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import { CANARY, FAULTS, MAX_BYTES } from "../testkit/faults.ts";
import { FaultySubgraph } from "../testkit/faulty-subgraph.ts";
import { composeOurs, type ServedSubgraphs, serveSubgraphs } from "../testkit/small-mesh.ts";

const FEDERATION = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';
const USERS = `${FEDERATION}
type Query { user: User users: [User] }
type User @key(fields: "id") { id: ID! name: String }`;
const STOCK = `${FEDERATION}
type Query { shelf: Shelf }
type Mutation { restock: Shelf }
type Shelf { id: ID! level: Int }
type User @key(fields: "id") { id: ID! basket: Shelf }`;

const shelf = { id: "s1", level: 7 };
const users = [
  { id: "1", name: "Ada" },
  { id: "2", name: "Bob" },
  { id: "3", name: "Cid" },
];
const healthy = { Query: { user: () => users[0], users: () => users } };
const stocking = {
  Query: { shelf: () => shelf },
  Mutation: { restock: () => shelf },
  User: { __resolveReference: ({ id }: { id: string }) => ({ id, basket: shelf }) },
};

interface Place {
  readonly query: string;
  readonly healthy: unknown;
  /** The paths that a faulty subgraph leaves empty. */
  readonly empty: readonly (readonly (string | number)[])[];
}

const SHELF = "{ id level }";
const PLACES: Readonly<Record<string, Place>> = {
  root: {
    query: `{ shelf ${SHELF} user { name } }`,
    healthy: { shelf, user: { name: "Ada" } },
    empty: [["shelf"]],
  },
  nested: {
    query: `{ user { name basket ${SHELF} } }`,
    healthy: { user: { name: "Ada", basket: shelf } },
    empty: [["user", "basket"]],
  },
  list: {
    query: `{ users { name basket ${SHELF} } }`,
    healthy: { users: users.map(({ name }) => ({ name, basket: shelf })) },
    empty: users.map((_, index) => ["users", index, "basket"]),
  },
  mutation: { query: `mutation { restock ${SHELF} }`, healthy: { restock: shelf }, empty: [["restock"]] },
};

let served: ServedSubgraphs;
let stock: FaultySubgraph;
let gateway: Gateway;
const logged: string[] = [];
beforeAll(async () => {
  served = await serveSubgraphs({ users: { sdl: USERS, resolvers: healthy } });
  stock = await FaultySubgraph.start("stock", { sdl: STOCK, resolvers: stocking });
  const usual = readConfig(null, { NODE_ENV: "production" });
  gateway = await startGateway({
    config: {
      ...usual,
      port: 0,
      shutdown: { delayMs: 0, graceMs: 1000 },
      subgraphs: { stock: { timeoutMs: 300, retries: 0, failurePercent: 100, maxResponseBytes: MAX_BYTES } },
    },
    supergraphSdl: composeOurs([...served.sources, stock.source]),
    log: createLog({
      name: "gateway",
      level: "info",
      destination: { write: (line) => void logged.push(line) },
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([served.stop(), stock.stop()]);
});

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: { readonly code?: string };
  }[];
}

async function ask(query: string): Promise<{ readonly text: string; readonly answer: Answer }> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return { text, answer: JSON.parse(text) };
}

const LEAK =
  /CANARY|127\.0\.0\.1|localhost|ECONN|EPIPE|UND_ERR|HPE_|node_modules|\.[jt]s\b|\bat \w+ \(|postgres:|socket/i;

/** The value at a path; null wherever it ends early. */
function at(data: unknown, path: readonly (string | number)[]): unknown {
  let value = data;
  for (const key of path)
    value = typeof value === "object" && value !== null ? Reflect.get(value, key) : null;
  return value ?? null;
}

/** Everything that is wrong with an answer; empty where the fault was told properly. */
function findFaults({ text, answer }: Awaited<ReturnType<typeof ask>>, place: Place): readonly string[] {
  const { data, errors = [] } = answer;
  const untyped = errors.filter(({ extensions }) => !isErrorCode(extensions?.code ?? ""));
  const covered = (path: readonly (string | number)[]) =>
    errors.some(
      (error) =>
        error.path === undefined ||
        // A call that fails is told once, at the path without the positions in lists.
        isPrefix(error.path, path) ||
        isPrefix(
          error.path,
          path.filter((key) => typeof key === "string"),
        ),
    );
  const paths = place.empty.flatMap((path) => [path, [...path, "id"], [...path, "level"]]);
  const silent = paths.filter((path) => at(data, path) === null && !covered(path));
  return [
    ...(LEAK.test(text) ? [`leak: ${text}`] : []),
    ...untyped.map((error) => `untyped: ${JSON.stringify(error)}`),
    ...silent.map((path) => `silent null at ${path.join(".")}: ${text}`),
    ...(errors.length === 0 ? [`no error: ${text}`] : []),
  ];
}

function isPrefix(shorter: readonly unknown[], longer: readonly unknown[]): boolean {
  return (
    shorter.every((key, index) => longer[index] === key) ||
    longer.every((key, index) => shorter[index] === key)
  );
}

const tally = { cells: 0, typed: 0 };

async function expectTold(place: Place): Promise<void> {
  // At first sight, and when the operation is known.
  for (let round = 0; round < 2; round += 1) {
    const before = stock.calls.length;
    const answered = await ask(place.query);
    const calls = stock.calls.slice(before).length;
    tally.cells += 1;
    const found = findFaults(answered, place);
    if (found.length === 0) tally.typed += 1;
    expect(found).toEqual([]);
    if (place === PLACES.mutation) expect(calls).toBeLessThanOrEqual(1);
    if (place === PLACES.root) expect(at(answered.answer.data, ["user", "name"])).toBe("Ada");
  }
}

describe.each(Object.entries(PLACES))("a fault in a %s call", (_name, place) => {
  test("does not exist while the subgraph is healthy", async () => {
    stock.fault = null;
    // The first call of all may take longer than its deadline.
    await expect
      .poll(async () => (await ask(place.query)).answer, { timeout: 20_000 })
      .toEqual({ data: place.healthy });
  });

  test.each(Object.entries(FAULTS))(
    "%s: is told, typed, without anything of the subgraph's insides",
    async (_fault, fault) => {
      stock.fault = fault;
      await expectTold(place);
    },
  );

  test("89 refuses connections: is told, typed, without its address", async () => {
    await stock.refuse();
    await expectTold(place);
    await stock.open();
  });
});

test("the matrix of faults is complete, and nothing of it is in the log either", () => {
  const faults = Object.keys(FAULTS).length + 1;
  process.stdout.write(
    `fault matrix: ${faults} faults × ${Object.keys(PLACES).length} places × 2 lanes: ${tally.typed} of ${tally.cells} answers typed, without leaks and silent nulls\n`,
  );
  expect(faults).toBeGreaterThanOrEqual(25);
  expect(tally).toEqual({ cells: faults * 4 * 2, typed: faults * 4 * 2 });
  expect(logged.filter((line) => line.includes(CANARY))).toEqual([]);
});
