import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { portOf } from "./gateway-identity.ts";

const value = z.object({
  stringValue: z.string().optional(),
  intValue: z.coerce.number().optional(),
  arrayValue: z.object({ values: z.array(z.object({ stringValue: z.string().optional() })) }).optional(),
});
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
  status: z.object({ code: z.number().optional() }).default({}),
});
/** https://opentelemetry.io/docs/specs/otlp/#otlphttp, in JSON. */
const request = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) }),
  ),
});

export type CollectedSpan = z.infer<typeof span>;

/** Takes traces as an OpenTelemetry collector does, over HTTP. */
export interface TraceCollector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** Everything that was sent, as text. */
  readonly texts: string[];
  /** Answers with this status from now on. */
  status: number;
  readonly stop: () => Promise<void>;
}

export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const texts: string[] = [];
  const server = createServer(async (incoming, response) => {
    const body = await json(incoming);
    texts.push(JSON.stringify(body));
    const { resourceSpans } = request.parse(body);
    if (collector.status === 200)
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    response.writeHead(collector.status, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const collector: TraceCollector = {
    url: `http://127.0.0.1:${portOf(server.address())}/v1/traces`,
    spans,
    texts,
    status: 200,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}
