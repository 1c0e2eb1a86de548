import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { CATALOG_ROLE } from "../../gateway/catalog/catalog-role.ts";
import type { Actor } from "../../gateway/registry/deploy-tokens.ts";
import { type Published, Registry } from "../../gateway/registry/registry.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/** A registry over a real database of its own. */
export interface TestRegistry {
  readonly registry: Registry;
  readonly database: TestDatabase;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Publishes one subgraph as its own domain. */
  readonly publish: (name: string, sdl: string, url?: string) => Promise<Published>;
  /** Another process on the same tables. */
  readonly another: () => Registry;
  readonly stop: () => Promise<void>;
}

export const STEWARD: Actor = { id: "governance/test", domain: "governance" };

/** The domain's own deploy token. */
export function deployerOf(domain: string): Actor {
  return { id: `${domain}/test`, domain };
}

export async function startRegistry(
  options: { production?: boolean; keep?: number } = {},
): Promise<TestRegistry> {
  const database = await createTestDatabase(inject("postgresAdminUrl"), {
    name: "registry_empty",
    migrationsDirectory: fileURLToPath(new URL("../../gateway/registry/migrations/", import.meta.url)),
    part: CATALOG_ROLE,
  });
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const started: Registry[] = [];
  const another = () => {
    const registry = new Registry({
      databaseUrl: database.applicationUrl,
      privateKey,
      production: options.production ?? false,
      ...(options.keep === undefined ? {} : { keep: options.keep }),
    });
    started.push(registry);
    return registry;
  };
  const registry = another();
  return {
    registry,
    database,
    privateKey,
    publicKey,
    another,
    publish: (name, sdl, url = `http://127.0.0.1:1/${name}`) =>
      registry.publish({
        actor: deployerOf(name),
        changes: [{ name, source: { sdl, url } }],
        reason: "test",
      }),
    stop: async () => {
      await Promise.all(started.map((item) => item.stop()));
      await database.drop();
    },
  };
}

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask", "@classification", "@rowFilter", "@owner"])
`;

/** SDL of a subgraph with one entity of its own; `body` adds fields to it. */
export function domainSdl(type: string, body = ""): string {
  const field = type.toLowerCase();
  return `${LINK}type Query { ${field}(id: ID!): ${type} }
type ${type} @key(fields: "id") @owner(team: "${field}", contact: "${field}@example.com") { id: ID! ${body} }`;
}

/** Any definitions under the links that the tests use. */
export function linked(sdl: string): string {
  return LINK + sdl;
}
