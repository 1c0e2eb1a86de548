import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type Config, readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { ClientError } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import { portOf } from "../testkit/gateway-identity.ts";
import { composeOurs, type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";

const pem = (name: string) => fileURLToPath(new URL(`../testkit/tls/${name}.pem`, import.meta.url));
const read = (name: string) => readFileSync(pem(name), "utf8");

let server: Server | undefined;
let gateway: Gateway | undefined;
let mesh: SmallMesh | undefined;
afterEach(async () => {
  await gateway?.stop();
  await mesh?.stop();
  server?.closeAllConnections();
  server?.close();
  server = gateway = mesh = undefined;
});

describe("TLS to a subgraph", () => {
  /** The gateway in front of a subgraph that speaks TLS, and may ask who the gateway is. */
  async function start(asksForCertificate: boolean, tls: Config["subgraphs"][string]["tls"]): Promise<void> {
    const options = { key: read("server-key"), cert: read("server"), ca: read("ca") };
    server = createServer({ ...options, requestCert: asksForCertificate }, (_request, response) => {
      response.setHeader("content-type", "application/json").end('{"data":{"hello":"hi"}}');
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${portOf(server.address())}/graphql`;
    gateway = await startGateway({
      config: {
        ...readConfig(null, { NODE_ENV: "production" }),
        port: 0,
        shutdown: { delayMs: 0, graceMs: 1000 },
        subgraphs: { greeter: { retries: 0, ...(tls ? { tls } : {}) } },
      },
      supergraphSdl: composeOurs([{ name: "greeter", sdl: "type Query { hello: String }", url }]),
      log: createLog({ name: "gateway", level: "silent" }),
    });
  }

  async function ask(): Promise<string> {
    const response = await fetch(`${gateway?.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"query":"{ hello }"}',
    });
    const text = await response.text();
    expect(text).not.toMatch(/127\.0\.0\.1|certificate|CERT|pem/);
    return JSON.parse(text).errors?.[0].extensions.code ?? text;
  }

  const caFile = pem("ca");
  const own = { certFile: pem("gateway"), keyFile: pem("gateway-key") };

  test("is refused where the authority is not known, and works with the one that is configured", async () => {
    await start(false, undefined);
    expect(await ask()).toBe("SUBGRAPH_UNAVAILABLE");
    await gateway?.stop();
    server?.close();
    await start(false, { caFile });
    expect(await ask()).toBe('{"data":{"hello":"hi"}}');
  });

  test("shows the gateway's own certificate to a subgraph that asks for one", async () => {
    await start(true, { caFile });
    expect(await ask()).toBe("SUBGRAPH_UNAVAILABLE");
    await gateway?.stop();
    server?.close();
    await start(true, { caFile, ...own });
    expect(await ask()).toBe('{"data":{"hello":"hi"}}');
  });

  test("with files that cannot be read keeps the gateway from starting, and says which", async () => {
    const failure = await start(false, { caFile: "/nowhere/ca.pem" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClientError);
    expect(failure).toMatchObject({
      code: "FILE_UNREADABLE",
      message: "subgraphs.greeter.tls: /nowhere/ca.pem cannot be read.",
    });
  });
});

describe("headers of the client", () => {
  const greeter = (name: string) => ({
    sdl: `type Query { ${name}: String }`,
    resolvers: {
      Query: {
        [name]: (_parent: unknown, _args: unknown, { headers }: { headers: Record<string, string> }) =>
          headers["accept-language"] ?? "none",
      },
    },
  });
  const subgraphs = { one: greeter("one"), two: greeter("two") };
  const withHeaders = (headers: string[]) => (usual: Config) => ({
    ...usual,
    subgraphs: { one: { headers } },
  });

  test("reach the subgraphs that are to get them, in both lanes, and no others", async () => {
    mesh = await startSmallMesh({ subgraphs, config: withHeaders(["accept-language", "x-tenant"]) });
    for (const language of ["de", "fr"]) {
      const headers = { "accept-language": language, "x-tenant": "t1", "x-other": "o", cookie: "c=1" };
      expect((await mesh.ask("{ one two }", { headers })).data).toEqual({ one: language, two: "none" });
    }
    expect(
      mesh.calls.filter(({ subgraph }) => subgraph === "one").map(({ headers }) => headers["x-tenant"]),
    ).toEqual(["t1", "t1"]);
    for (const { subgraph, headers } of mesh.calls)
      expect([subgraph, headers["x-other"], headers.cookie]).toEqual([subgraph, undefined, undefined]);
  });

  test.each(["subgraph", "request"] as const)(
    "that are passed on are part of what identical means, where in-flight calls are shared: %s",
    async (sharing) => {
      mesh = await startSmallMesh({
        subgraphs,
        config: (usual) => ({ ...withHeaders(["accept-language"])(usual), sharing }),
      });
      const { ask } = mesh;
      await ask("{ one }");
      const languages = Array.from({ length: 40 }, (_, index) => ["de", "fr", "it"][index % 3] ?? "");
      const answers = await Promise.all(
        languages.map((language) => ask("{ one }", { headers: { "accept-language": language } })),
      );
      expect(answers.map(({ data }) => data.one)).toEqual(languages);
    },
  );

  test.each([
    "authorization",
    "cookie",
    "x-forwarded-for",
    "x-user-id",
    "content-length",
    "x-request-id",
    "Accept",
  ])("60: %s cannot be configured to be passed on", (name) => {
    const env = { DPG_SUBGRAPHS: JSON.stringify({ one: { headers: [name] } }) };
    expect(() => readConfig(null, env)).toThrow(
      /subgraphs\.one\.headers\.0: (this header says|expected a header)/,
    );
  });
});
