import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { FastifyInstance } from "fastify";
import { pageHeaders } from "./page-policy.ts";

/** A token that the query page offers with one click; development only. */
export interface PersonaToken {
  readonly name: string;
  readonly description: string;
  readonly token: string;
}

const FOLDER = new URL("./graphiql/", import.meta.url);

const HEADERS = pageHeaders("font-src 'self' data:");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** What the page opens with: one query over three domains. */
export const SAMPLE_QUERY = `# One query, three domains: who bought what?
# Run it as each caller and compare.
query ThreeDomains {
  customer(id: "C0021") {
    name
    email
    phone
    creditLimit
    orders(first: 2) {
      nodes {
        id
        region
        status
        total
        items {
          quantity
          product {
            name
            price
          }
        }
      }
    }
  }
}
`;

/**
 * Serves the query page at `/graphiql`. The files are read once at start; `graphiql/` lies beside this
 * module, and the build copies the packages' scripts there.
 *
 * @param personas tokens the page offers; development only
 * @param hasConsole whether there is a console to lead to
 */
export async function serveGraphiql(
  app: FastifyInstance,
  { personas, hasConsole }: { readonly personas: readonly PersonaToken[]; readonly hasConsole: boolean },
): Promise<void> {
  const files = (await readdir(FOLDER)).filter((name) => TYPES[extname(name)] !== undefined);
  const pages = new Map(
    await Promise.all(files.map(async (name) => [name, await readFile(new URL(name, FOLDER))] as const)),
  );
  const send = (name: string, body: unknown, type = TYPES[extname(name)] ?? "application/json") =>
    app.get(name, (_request, reply) => reply.headers(HEADERS).type(type).send(body));
  for (const [name, body] of pages)
    send(name === "index.html" ? "/graphiql" : `/graphiql/${name}`, body, TYPES[extname(name)]);
  send(
    "/graphiql/personas.json",
    { personas, hasConsole, query: SAMPLE_QUERY },
    "application/json; charset=utf-8",
  );
}
