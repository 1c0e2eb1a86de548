import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance } from "fastify";
import Negotiator from "negotiator";
import { type PersonaToken, SAMPLE_QUERY } from "./graphiql.ts";
import { pageHeaders } from "./page-policy.ts";

export interface ConsoleOptions {
  /** Tokens that the page offers; development only. */
  readonly personas: readonly PersonaToken[];
  /** Whether there is a query page to lead to. */
  readonly hasQueryPage: boolean;
  /** Served by this process itself, followed over HTTP (stewards see it below `/governance/registry`), or neither. */
  readonly registry: "here" | "followed" | "none";
  /** The registry's number of what this gateway serves now; null where it follows none. */
  readonly generation: () => number | null;
}

const FOLDER = new URL("../console/page/", import.meta.url);
const HEADERS = pageHeaders();
/** Names of assets carry a hash of what is in them. */
const ASSET_HEADERS = { ...HEADERS, "cache-control": "public, max-age=31536000, immutable" };

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

interface PageFile {
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

const zip = promisify(gzip);

/**
 * Serves the console at `/`, its assets below `/console/`. The page holds no data: it asks the gateway with the
 * token of whoever uses it. The build writes its files to `console/page/` beside this folder; run from sources,
 * without a build, there is no page.
 */
export async function serveConsole(app: FastifyInstance, options: ConsoleOptions): Promise<void> {
  for (const [path, file] of await readPage()) {
    const isIndex = path === "index.html";
    app.get(isIndex ? "/" : `/console/${path}`, (request, reply) => {
      const isZipped = new Negotiator(request.raw).encoding(["gzip", "identity"]) === "gzip";
      return reply
        .headers(isIndex ? HEADERS : ASSET_HEADERS)
        .headers({ vary: "accept-encoding", ...(isZipped ? { "content-encoding": "gzip" } : {}) })
        .type(TYPES[extname(path)] ?? "application/octet-stream")
        .send(isZipped ? file.zipped : file.plain);
    });
  }
  const { personas, hasQueryPage, registry, generation } = options;
  const session = { personas, hasQueryPage, registry, sampleQuery: SAMPLE_QUERY };
  app.get("/console/session.json", (_request, reply) =>
    reply.headers(HEADERS).send({ ...session, generation: generation() }),
  );
}

async function readPage(): Promise<ReadonlyMap<string, PageFile>> {
  const found = await readdir(FOLDER, { recursive: true }).catch(() => []);
  const names = found.filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(
    await Promise.all(
      names.map(async (name) => {
        const plain = await readFile(new URL(name, FOLDER));
        return [name.replaceAll("\\", "/"), { plain, zipped: await zip(plain, { level: 9 }) }] as const;
      }),
    ),
  );
}
