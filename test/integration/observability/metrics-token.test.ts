import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const TOKEN = "a-token-for-prometheus";
const PUBLIC = { greeter: { sdl: "type Query { hello: String }", resolvers: {} } };

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(token: string | null): Promise<{ mesh: SmallMesh; issuer: TokenIssuer }> {
  const issuer = await TokenIssuer.start();
  stops.push(() => issuer.stop());
  const config = (usual: ReturnType<typeof readConfig>) => ({ ...usual, metrics: { token } });
  const mesh = await startSmallMesh({ subgraphs: PUBLIC, issuers: [issuer], config });
  stops.push(mesh.stop);
  return { mesh, issuer };
}

async function read({ url }: SmallMesh, authorization?: string) {
  const response = await fetch(`${url}/metrics`, { headers: authorization ? { authorization } : {} });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test("without a token of the operator's, metrics are for whoever reaches the port", async () => {
  const { mesh } = await start(null);
  expect((await read(mesh)).status).toBe(200);
  expect((await read(mesh, "Bearer anything")).status).toBe(200);
});

test("with one they are for its bearer alone, however good another token is, and health stays open", async () => {
  const { mesh, issuer } = await start(TOKEN);
  const others = [
    undefined,
    "Bearer ",
    "Bearer null",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN}, Bearer ${TOKEN}`,
    `Bearer ${issuer.token({ scope: "governance:admin" })}`,
  ];
  for (const other of others) {
    const { status, headers, text } = await read(mesh, other);
    expect([other, status, headers.get("www-authenticate")]).toEqual([other, 401, "Bearer"]);
    expect(text).not.toContain("dpg_");
    expect(text).not.toContain(TOKEN);
  }
  for (const path of ["/metrics?token=", "/metrics/", "//metrics", "/METRICS"])
    expect(await (await fetch(`${mesh.url}${path}${TOKEN}`)).text()).not.toContain("dpg_requests");
  const { status, text } = await read(mesh, `Bearer ${TOKEN}`);
  expect([status, text.includes("dpg_requests_in_flight")]).toEqual([200, true]);
  for (const path of ["live", "ready"]) expect((await fetch(`${mesh.url}/health/${path}`)).status).toBe(200);
  expect(mesh.logged.join("")).not.toContain(TOKEN);
});

test("the token comes from the environment, and one that could be guessed or not be sent is refused unseen", () => {
  expect(readConfig(null, { DPG_METRICS_TOKEN: TOKEN }).metrics.token).toBe(TOKEN);
  for (const DPG_METRICS_TOKEN of ["short", "with a space in the middle", "with-an-umlaut-\u00fc-in-it"])
    expect(() => readConfig(null, { DPG_METRICS_TOKEN })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(DPG_METRICS_TOKEN) }),
    );
});
