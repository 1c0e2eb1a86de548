import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { provisionDatabase } from "../../shared/postgres/provision-database.ts";
import { serveSubgraph } from "../../shared/subgraph/serve-subgraph.ts";
import type { SubgraphSettings } from "../../shared/subgraph/settings.ts";
import type { SubgraphDefinition } from "../../shared/subgraph/subgraph-definition.ts";
import type { GatewayIdentity, TestCaller } from "./gateway-identity.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/**
 * A database of its own for one test file, migrated and seeded: a copy of one that is made once per run. Roles are
 * shared with the other copies; a test that changes roles makes its own with {@link provisionAlone}.
 */
export function createDomainDatabase(
  directory: URL,
  seed?: (ownerUrl: string) => Promise<boolean>,
): Promise<TestDatabase> {
  const domain = directory.pathname.split("/").at(-2) ?? "";
  return createTestDatabase(inject("postgresAdminUrl"), {
    name: seed ? `${domain}_seeded` : `${domain}_empty`,
    migrationsDirectory: fileURLToPath(new URL("migrations/", directory)),
    ...(seed ? { seed } : {}),
  });
}

/** The same, empty, with roles that no other test has. */
export function provisionAlone(directory: URL) {
  return provisionDatabase({
    adminUrl: inject("postgresAdminUrl"),
    database: `alone_${randomBytes(6).toString("hex")}`,
    migrationsDirectory: fileURLToPath(new URL("migrations/", directory)),
  });
}

/** Settings of a subgraph on a free port that says nothing unless it must. */
export function testSettings(changes: Partial<SubgraphSettings>): SubgraphSettings {
  return {
    port: 0,
    host: "127.0.0.1",
    databaseUrl: null,
    cursorKey: null,
    gatewayJwksUrl: "http://127.0.0.1:1/jwks.json",
    logLevel: "silent",
    ...changes,
  };
}

/** An answer of a subgraph over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: unknown;
    readonly extensions: Record<string, unknown>;
  }[];
}

export interface Question {
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Absent: anonymous. */
  readonly caller?: TestCaller;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running subgraph, asked as the gateway would. */
export interface TestSubgraph {
  readonly url: string;
  readonly ask: (query: string, question?: Question) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** Serves a subgraph over HTTP on a free port; `name` is its audience. */
export async function startSubgraph<Loaders>(
  name: string,
  definition: SubgraphDefinition<Loaders>,
  gateway: GatewayIdentity,
  databaseUrl: string | null,
): Promise<TestSubgraph> {
  const settings = testSettings({ databaseUrl, gatewayJwksUrl: gateway.jwksUrl });
  const { url, stop } = await serveSubgraph(definition, settings);
  const ask = async (query: string, { variables, caller, headers }: Question = {}): Promise<Answer> => {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await gateway.tokenFor(name, caller)}`,
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = JSON.parse(await response.text());
    return { status: response.status, headers: response.headers, data: body.data, errors: body.errors ?? [] };
  };
  return { url, ask, stop };
}
