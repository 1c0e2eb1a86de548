import { fastify } from "fastify";
import { type DataHealthOptions, openDataHealth } from "../../gateway/catalog/open-data-health.ts";
import { createLog } from "../../shared/log.ts";
import { query } from "./query.ts";
import { startRegistry, type TestRegistry } from "./start-registry.ts";

/** A registry with what it serves about the health of data, over HTTP. */
export interface TestDataHealth {
  readonly mesh: TestRegistry;
  readonly url: string;
  /** A deploy token of the domain. */
  readonly tokenOf: (domain: string) => Promise<string>;
  readonly send: (
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
  ) => Promise<{ readonly status: number; readonly body: Answer }>;
  readonly rows: <Row extends object>(statement: string) => Promise<readonly Row[]>;
  readonly stop: () => Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Answer = any;

/** Measures in short rounds; further options as the registry's. */
export async function startDataHealth(
  options: Partial<Omit<DataHealthOptions, "registry">> = {},
): Promise<TestDataHealth> {
  const mesh = await startRegistry();
  const app = fastify();
  const log = createLog({ name: "health", level: "silent" });
  const health = openDataHealth({
    registry: mesh.registry,
    production: false,
    log,
    intervalMs: 100,
    backoffMs: 100,
    ...options,
  });
  for (const { prefix, register } of health.routes) await app.register(register, { prefix });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const tokens = new Map<string, Promise<string>>();
  const make = async (domain: string) => (await mesh.registry.tokens.create(domain, 3600, "test")).token;
  return {
    mesh,
    url,
    tokenOf: (domain) => {
      const token = tokens.get(domain) ?? make(domain);
      tokens.set(domain, token);
      return token;
    },
    send: async (method, path, token, body) => {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      return { status: response.status, body: isJson ? JSON.parse(text) : text };
    },
    rows: (statement) => query(mesh.database.adminUrl, statement),
    stop: async () => {
      await app.close();
      await health.stop();
      await mesh.stop();
    },
  };
}
