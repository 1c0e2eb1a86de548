import { generateKeyPairSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isErrorCode } from "../../shared/errors.ts";
import { type RunningSubgraph, serveSubgraph } from "../../shared/subgraph/serve-subgraph.ts";
import { seedDomain } from "../../subgraphs/order/seed.ts";
import { orderSubgraph } from "../../subgraphs/order/subgraph.ts";
import { demoSources } from "../testkit/demo-sources.ts";
import { FaultProxy, type Trouble } from "../testkit/fault-proxy.ts";
import { CANARY, FAULTS, MAX_BYTES } from "../testkit/faults.ts";
import { withSession } from "../testkit/query.ts";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, trust } from "../testkit/small-mesh.ts";
import { createDomainDatabase, testSettings } from "../testkit/start-domain.ts";
import type { TestDatabase } from "../testkit/test-database.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";
import { randomFrom, scale } from "./chaos-scale.ts";

const MUTATIONS = scale(200, 10_000);
const CLIENTS = 20;
/** How often the gateway is stopped by SIGTERM, and started again, meanwhile. */
const RESTARTS = scale(1, 4);
/** Share of the calls that something happens to. */
const TROUBLED = 0.35;
/** After which a client gives up: most orders are placed long before. */
const ATTEMPTS = 100;
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);

/** Answers that are lost or spoiled after the order was placed, and calls that are lost before. */
const TROUBLES: readonly Trouble[] = [
  ...Object.values(FAULTS).map((fault) => ({ arrives: true, fault })),
  ...Object.entries(FAULTS).flatMap(([name, fault]) =>
    /^(89|90|91)/.test(name) ? [{ arrives: false, fault }] : [],
  ),
];

const random = randomFrom(SEED);
const { privateKey } = generateKeyPairSync("ed25519");
let database: TestDatabase;
let issuer: TokenIssuer;
let subgraph: RunningSubgraph;
let proxy: FaultProxy;
let gateway: ServeProcess;
beforeAll(async () => {
  database = await createDomainDatabase(orderSubgraph.directory, seedDomain);
  issuer = await TokenIssuer.start();
  proxy = await FaultProxy.start();
  gateway = await startServing();
  // The key stays the same when the gateway is started again, so that it need not be asked for anew.
  const gatewayJwksUrl = `${gateway.url}/.well-known/jwks.json`;
  subgraph = await serveSubgraph(
    orderSubgraph,
    testSettings({ databaseUrl: database.applicationUrl, gatewayJwksUrl }),
  );
  proxy.target = subgraph.url;
});
afterAll(async () => {
  await gateway.stop();
  await proxy.stop();
  await subgraph.stop();
  await issuer.stop();
});

function startServing(): Promise<ServeProcess> {
  const limits = {
    timeoutMs: 1000,
    retries: 5,
    failurePercent: 90,
    openMs: 200,
    maxResponseBytes: MAX_BYTES,
  };
  return ServeProcess.start({
    supergraphSdl: composeOurs(demoSources(proxy.url)),
    config: { auth: { issuers: [trust(issuer)] }, subgraphs: { order: limits } },
    env: {
      NODE_ENV: "production",
      DPG_SHUTDOWN_DELAY_MS: "0",
      DPG_IDENTITY_PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    },
  });
}

/** What a client knows of the order it wanted. */
interface Wanted {
  readonly key: string;
  readonly quantity: number;
  /** Ids that it was told of the order, one per answer without errors. */
  readonly told: string[];
  /** How often it was told that the order had not been there before. */
  fresh: number;
}

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { replayed order { id } } }`;
const tally = { attempts: 0, answered: 0, typed: 0, lost: 0 };
const wrong: string[] = [];

/** Asks once; true where it was told that the order is placed. */
async function place(wanted: Wanted): Promise<boolean> {
  tally.attempts += 1;
  const { key, quantity, told } = wanted;
  const input = { customerId: "C0001", items: [{ productId: "P0001", quantity }], idempotencyKey: key };
  const region = ["EMEA", "AMER", "APAC"];
  const text = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${issuer.token({ sub: "shop", region })}`,
    },
    body: JSON.stringify({ query: PLACE, variables: { input } }),
    ...(random() < 0.05 ? { signal: AbortSignal.timeout(Math.ceil(random() * 50)) } : {}),
  })
    .then((response) => response.text())
    .catch(() => null);
  if (text === null) {
    tally.lost += 1;
    return false;
  }
  const { data, errors = [] } = JSON.parse(text);
  const id = data?.placeOrder?.order?.id;
  if (errors.length === 0 && typeof id === "string") {
    tally.answered += 1;
    told.push(id);
    if (data.placeOrder.replayed === false) wanted.fresh += 1;
    return true;
  }
  tally.typed += 1;
  const isTyped =
    errors.length > 0 && errors.every(({ extensions }: Told) => isErrorCode(extensions?.code ?? ""));
  if (!isTyped || text.includes(CANARY)) wrong.push(text);
  return false;
}

interface Told {
  readonly extensions?: { readonly code?: string };
}

/** Tries until it is told of its order; now and then twice at once, as a double click does. */
async function placeSurely(wanted: Wanted): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const clicks = random() < 0.05 ? [1, 2] : [1];
    const placed = await Promise.all(clicks.map(() => place(wanted)));
    if (placed.includes(true)) return;
    await pause(20);
  }
}

async function restartAlong(isOver: () => boolean, progress: () => number): Promise<number> {
  let restarts = 0;
  while (!isOver()) {
    if (restarts < RESTARTS && progress() > (restarts + 1) / (RESTARTS + 1)) {
      const before = gateway;
      gateway = await startServing();
      // What it has under way is answered, or lost and tried again at its successor.
      await before.stop();
      restarts += 1;
    }
    await pause(10);
  }
  return restarts;
}

test("112: mutations that are tried again with their idempotency key leave one order each, and no answer tells of an order that is not there", async () => {
  proxy.trouble = () =>
    random() < TROUBLED ? (TROUBLES[Math.floor(random() * TROUBLES.length)] ?? null) : null;
  const orders: Wanted[] = [];
  let isOver = false;
  const restarting = restartAlong(
    () => isOver,
    () => orders.length / MUTATIONS,
  );
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (orders.length < MUTATIONS) {
      const number = orders.length;
      const wanted = { key: `order-${SEED}-${number}`, quantity: 1 + (number % 1000), told: [], fresh: 0 };
      orders.push(wanted);
      await placeSurely(wanted);
    }
  });
  await Promise.all(clients);
  isOver = true;
  const restarts = await restarting;
  const { duplicates, disagreements, kept } = await compare(orders);
  const repeated = proxy.calls.length - new Set(proxy.calls.map(({ requestId }) => requestId)).size;
  process.stdout.write(
    `${orders.length} mutations under faults with idempotency keys (seed ${SEED}): ${duplicates} duplicates in the database (goal: 0), ${disagreements.length} answers that disagree with it (goal: 0), ${repeated} sent twice for one request (goal: 0); ${kept} orders placed, ${JSON.stringify(tally)}, ${wrong.length} wrong, ${restarts} restarts by SIGTERM\n`,
  );
  expect([wrong, disagreements]).toEqual([[], []]);
  expect([duplicates, repeated]).toEqual([0, 0]);
  expect(restarts).toBe(RESTARTS);
  expect(orders.filter(({ told }) => told.length > 0).length).toBeGreaterThan(MUTATIONS * 0.99);
  expect(tally.typed).toBeGreaterThan(0);
}, 900_000);

interface Kept {
  readonly key: string;
  readonly id: string;
  readonly quantity: number;
}

/** What the domain's database has, against what clients wanted and were told. */
async function compare(orders: readonly Wanted[]) {
  const [kept, [counted]] = await withSession(
    database.adminUrl,
    async (ask) =>
      await Promise.all([
        ask<Kept>(
          `SELECT idempotency_key AS key, request.order_id AS id, item.quantity FROM order_request request
           JOIN order_item item ON item.order_id = request.order_id WHERE idempotency_key LIKE 'order-${SEED}-%'`,
        ),
        ask<{ readonly orders: number }>(
          "SELECT count(*)::int AS orders FROM orders WHERE placed_at > now() - interval '1 day'",
        ),
      ]),
  );
  const byKey = new Map(kept.map((order) => [order.key, order]));
  const disagreements = orders.filter(({ key, quantity, told, fresh }) => {
    const order = byKey.get(key);
    return (
      fresh > 1 || told.some((id) => id !== order?.id) || (order !== undefined && order.quantity !== quantity)
    );
  });
  // Each order that was placed today belongs to one key.
  return { kept: kept.length, duplicates: (counted?.orders ?? -1) - byKey.size, disagreements };
}
