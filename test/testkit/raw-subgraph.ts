import { createServer } from "node:http";
import { portOf } from "./gateway-identity.ts";

/** What a subgraph sends, whatever it was asked. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A subgraph that answers a query with what is listed under the first of its names that the query has. */
export async function startRawSubgraph(
  answers: Readonly<Record<string, RawAnswer>>,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    request.on("end", () => {
      const [, found] =
        Object.entries(answers).find(([name]) => new RegExp(`\\b${name}\\b`).test(text)) ?? [];
      const { status = 200, headers = {}, body } = found ?? { body: "{}" };
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/graphql`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
