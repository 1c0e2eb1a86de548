import type { FastifyInstance } from "fastify";
import type { PersonaToken } from "./server.ts";

export async function serveGraphiql(
  _app: FastifyInstance,
  _personas: readonly PersonaToken[],
): Promise<void> {}
