import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { stringify } from "yaml";
import { ClientError, explainError } from "../../../shared/errors.ts";
import { productJsonSchema } from "../../../shared/product-schema.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Json } from "./json-patch.ts";
import { OPEN_FORMAT, withoutPeople } from "./open-facts.ts";

interface Named {
  Params: { id: string };
}

/**
 * Products in the standards' own formats, below `/catalog`, for everybody: without people, tables and other datasets, SQL and
 * what was imported, which are told to bearers of a deploy token. Also the JSON Schema of `product.yaml`.
 */
export async function standardsRoutes(app: FastifyInstance, registry: Registry): Promise<void> {
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  const schema = productJsonSchema();
  app.get("/product.schema.json", (_request, reply) =>
    reply.type("application/schema+json").send(JSON.stringify(schema)),
  );
  app.get<Named>("/products/:id/contract.yaml", (request, reply) =>
    send(registry, { whole: "contract", open: "open_contract" }, request, reply),
  );
  app.get<Named>("/products/:id/product.yaml", (request, reply) =>
    send(registry, { whole: "standard_product", open: "open_product" }, request, reply),
  );
}

async function send(
  registry: Registry,
  columns: { readonly whole: string; readonly open: string },
  request: FastifyRequest<Named>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const isKnown = await isBearer(registry, request.headers.authorization);
  const { rows } = await registry.store.pool.query<{ document: { readonly [key: string]: Json } | null }>(
    `SELECT CASE WHEN $2 OR open_format >= $3 THEN ${isKnown ? columns.whole : columns.open} END AS document
     FROM catalog_product WHERE id = $1`,
    [request.params.id, isKnown, OPEN_FORMAT],
  );
  const [row] = rows;
  if (!row) throw new ClientError("PRODUCT_NOT_FOUND", "There is no data product of that id.");
  const { document } = row;
  if (document === null)
    throw new ClientError("REGISTRY_UNAVAILABLE", "The catalog is still being written anew; ask again.");
  return reply
    .header("cache-control", isKnown ? "no-store" : "public, max-age=60")
    .header("vary", "authorization")
    .type("application/yaml")
    .send(stringify(isKnown ? document : withoutPeople(document)));
}

/** @throws ClientError DEPLOY_TOKEN_INVALID for a token that is none */
async function isBearer(registry: Registry, header: string | undefined): Promise<boolean> {
  if (header === undefined) return false;
  const [, token = ""] = /^Bearer ([\w-]{1,200})$/.exec(header) ?? [];
  await registry.tokens.verify(token);
  return true;
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known =
    error instanceof ClientError
      ? error
      : new ClientError("REGISTRY_UNAVAILABLE", "The catalog cannot answer now.");
  if (known !== error) request.log.error({ err: error }, "the catalog failed");
  const { cause, remedy } = explainError(known.code);
  return reply
    .code(known.status)
    .send({ error: { code: known.code, message: known.message, cause, remedy } });
}
