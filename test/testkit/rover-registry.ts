import { fastify } from "fastify";
import { roverRoutes } from "../../gateway/registry/rover/rover-routes.ts";
import { startRegistry, type TestRegistry } from "./start-registry.ts";

/** A registry that speaks Rover's protocol over HTTP. */
export interface RoverRegistry extends TestRegistry {
  /** For APOLLO_REGISTRY_URL. */
  readonly url: string;
  /** A deploy token of a domain, made once. */
  readonly tokenOf: (domain: string) => Promise<string>;
}

export async function startRoverRegistry(options: { production?: boolean } = {}): Promise<RoverRegistry> {
  const mesh = await startRegistry(options);
  const app = fastify();
  await app.register((scope) => roverRoutes(scope, mesh.registry), { prefix: "/registry/rover" });
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const tokens = new Map<string, Promise<string>>();
  return {
    ...mesh,
    url: `${origin}/registry/rover`,
    tokenOf: (domain) => {
      const known =
        tokens.get(domain) ?? mesh.registry.tokens.create(domain, 3600, "test").then((made) => made.token);
      tokens.set(domain, known);
      return known;
    },
    stop: async () => {
      await app.close();
      await mesh.stop();
    },
  };
}
