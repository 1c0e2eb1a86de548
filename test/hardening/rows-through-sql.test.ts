import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { compose } from "../../gateway/registry/compose.ts";
import { createLog } from "../../shared/log.ts";
import { serveSubgraph } from "../../shared/subgraph/serve-subgraph.ts";
import { generateOrders, seedDomain } from "../../subgraphs/order/seed.ts";
import { orderSubgraph } from "../../subgraphs/order/subgraph.ts";
import { freePort } from "../testkit/free-port.ts";
import { trust } from "../testkit/small-mesh.ts";
import { createDomainDatabase, testSettings } from "../testkit/start-domain.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const { orders } = generateOrders();

let issuer: TokenIssuer;
let gateway: Gateway;
let stopSubgraph: () => Promise<void>;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  const port = await freePort();
  const { applicationUrl } = await createDomainDatabase(orderSubgraph.directory, seedDomain);
  const subgraph = await serveSubgraph(
    orderSubgraph,
    testSettings({
      databaseUrl: applicationUrl,
      gatewayJwksUrl: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    }),
  );
  stopSubgraph = subgraph.stop;
  const sdl = readFileSync(new URL("schema.graphql", orderSubgraph.directory), "utf8");
  const composed = compose([{ name: "order", url: subgraph.url, sdl }]);
  if (composed.kind === "refused") throw new Error(JSON.stringify(composed.findings));
  const usual = readConfig(null, {});
  gateway = await startGateway({
    config: { ...usual, port, auth: { ...usual.auth, issuers: [trust(issuer)] } },
    supergraphSdl: composed.artifact.supergraph,
    log: createLog({ name: "gateway", level: "silent" }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await stopSubgraph();
  await issuer.stop();
});

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly region: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

async function page(regions: unknown, after: string | null = null): Promise<Page> {
  const query = `query ($after: String, $filter: OrderFilter) { orders(first: 100, after: $after, filter: $filter) {
    totalCount nodes { id region } pageInfo { hasNextPage endCursor } } }`;
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${issuer.token({ region: regions })}`,
    },
    body: JSON.stringify({ query, variables: { after, filter: { placedFrom: "2026-06-01T00:00:00Z" } } }),
  });
  const body = JSON.parse(await response.text());
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return body.data.orders;
}

const recent = orders.filter((order) => order.placed_at >= "2026-06-01T00:00:00Z");
const inRegion = (...regions: string[]) => recent.filter((order) => regions.includes(order.region));

describe("44: row filters that the kit pushes into SQL, seen through the gateway", () => {
  test.each([[["EMEA"]], [["AMER", "APAC"]], ["APAC"]])(
    "counts for %j are those of the caller's rows",
    async (regions) => {
      const { totalCount } = await page(regions);
      expect(totalCount).toBe(inRegion(...[regions].flat()).length);
    },
  );

  test("pages are full and hold exactly the caller's rows", async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo } = await page(["EMEA"], after);
      seen.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      expect(nodes).toHaveLength(100);
      after = pageInfo.endCursor;
    }
    expect(seen.toSorted()).toEqual(
      inRegion("EMEA")
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test("who has no claim counts nothing", async () => {
    for (const nothing of [undefined, [], "MARS", 5])
      expect(await page(nothing)).toMatchObject({ totalCount: 0, nodes: [] });
  });
});
