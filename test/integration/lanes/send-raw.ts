import { request } from "node:http";
import { buffer } from "node:stream/consumers";

/** A request as it goes over the wire; a text body gets a Content-Length, a list of parts is sent in chunks. */
export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  /** Name and value in turn, in this order, repeated where a header is to be sent twice. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer | string[];
}

/** What came back, without what differs from one response to the next. */
export interface RawResponse {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly body: string;
}

/** Sends one request on a connection of its own. */
export async function sendRaw(origin: string, raw: RawRequest): Promise<RawResponse> {
  const { method = "POST", path = "/graphql", headers = [], body = "" } = raw;
  const parts = Array.isArray(body) ? body : [body];
  const length =
    parts === body || method === "GET" ? [] : ["content-length", String(Buffer.byteLength(parts[0] ?? ""))];
  const sent = request(new URL(path, origin), {
    method,
    agent: false,
    headers: ["host", new URL(origin).host, ...headers, ...length],
  });
  for (const part of parts) if (part.length > 0) sent.write(part);
  sent.end();
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", async (response) => {
      const { date, "x-request-id": requestId, ...rest } = response.headers;
      const text = (await buffer(response)).toString();
      resolve({
        status: response.statusCode,
        headers: rest,
        requestId: String(requestId),
        body: text.replaceAll(String(requestId), "<request id>"),
      });
    });
  });
}
