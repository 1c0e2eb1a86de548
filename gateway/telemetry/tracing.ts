import type { IncomingMessage } from "node:http";
import type { Context, Span, Tracer } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "../../shared/log.ts";
import { printable } from "../../shared/printable.ts";
import type { AnsweredRequest } from "../http/request-observer.ts";
import type { CallTrace, RequestTrace, Stage } from "../request/request-trace.ts";

export interface TracingOptions {
  /** Where a collector takes OTLP over HTTP: `http://…:4318/v1/traces`. */
  readonly otlpUrl: string;
  /** Share of the requests that are traced, 0 to 1; decided by the trace's id, as others who use the same share do. */
  readonly sample: number;
}

export interface Tracing {
  readonly begin: (request: IncomingMessage, requestId: string) => RequestTrace;
  readonly finish: (request: AnsweredRequest) => void;
  /** Sends what is left. */
  readonly stop: () => Promise<void>;
}

type Api = typeof import("@opentelemetry/api");

/** Spans that wait to be sent; more are dropped, so that a collector that is away costs no memory. */
const MAX_QUEUE = 4096;
const SEND_EVERY_MS = 1000;
const SEND_TIMEOUT_MS = 3000;

/**
 * Sends traces to a collector: a span per request, per stage of its path and per call to a subgraph, which is told of
 * them as W3C Trace Context says. Of a request they hold names and codes: no text of an operation, no variable, no
 * value, nobody's name. OpenTelemetry is loaded here, and so only where traces are configured.
 */
export async function openTracing({ otlpUrl, sample }: TracingOptions, log: Logger): Promise<Tracing> {
  const [api, core, { resourceFromAttributes }, sdk, { OTLPTraceExporter }] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/core"),
    import("@opentelemetry/resources"),
    import("@opentelemetry/sdk-trace-base"),
    import("@opentelemetry/exporter-trace-otlp-http"),
  ]);
  const exporter = new OTLPTraceExporter({ url: otlpUrl, timeoutMillis: SEND_TIMEOUT_MS });
  const processor = new sdk.BatchSpanProcessor(sayingFailures(exporter, log), {
    maxQueueSize: MAX_QUEUE,
    scheduledDelayMillis: SEND_EVERY_MS,
    exportTimeoutMillis: SEND_TIMEOUT_MS,
  });
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "data-product-gateway" }),
    sampler: new sdk.TraceIdRatioBasedSampler(sample),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer("data-product-gateway");
  return {
    begin: ({ headers: { traceparent } }, requestId) => {
      const sent = typeof traceparent === "string" ? core.parseTraceParent(traceparent) : null;
      const parent = sent
        ? api.trace.setSpanContext(api.ROOT_CONTEXT, { ...sent, isRemote: true })
        : api.ROOT_CONTEXT;
      const attributes = { "dpg.request_id": requestId };
      const root = tracer.startSpan("graphql", { kind: api.SpanKind.SERVER, attributes }, parent);
      return root.isRecording() ? new RecordedTrace(api, tracer, root) : unrecorded(root);
    },
    finish: (request) => {
      if (request.trace instanceof RecordedTrace) request.trace.finish(request);
    },
    stop: () => provider.shutdown().catch(() => {}),
  };
}

/** One that is not in the sample: subgraphs are told its ids all the same, so that traces elsewhere hold together. */
function unrecorded(root: Span): RequestTrace {
  const call = { traceparent: traceparentOf(root), end: () => {} };
  return { enter: () => {}, call: () => call };
}

class RecordedTrace implements RequestTrace {
  readonly #api: Api;
  readonly #tracer: Tracer;
  readonly #root: Span;
  readonly #inRoot: Context;
  #stage: Span | null = null;

  constructor(api: Api, tracer: Tracer, root: Span) {
    this.#api = api;
    this.#tracer = tracer;
    this.#root = root;
    this.#inRoot = api.trace.setSpan(api.ROOT_CONTEXT, root);
  }

  readonly enter = (stage: Stage): void => {
    this.#stage?.end();
    this.#stage = this.#tracer.startSpan(stage, {}, this.#inRoot);
  };

  readonly call = (subgraph: string, kind: "query" | "mutation"): CallTrace => {
    const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = this.#api;
    const within = this.#stage ? trace.setSpan(ROOT_CONTEXT, this.#stage) : this.#inRoot;
    const attributes = { "dpg.subgraph": subgraph, "graphql.operation.type": kind };
    const span = this.#tracer.startSpan(
      `subgraph ${subgraph}`,
      { kind: SpanKind.CLIENT, attributes },
      within,
    );
    return {
      traceparent: traceparentOf(span),
      end: (failure) => {
        if (failure !== null) {
          span.setAttribute("error.type", failure);
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  };

  finish({ lane, prepared, client, status, errors }: AnsweredRequest): void {
    this.#stage?.end();
    const codes = [...new Set(errors.map(({ extensions }) => printable(String(extensions?.code ?? ""), 64)))];
    if (prepared) {
      const { name, operation } = prepared.operation;
      const said = printable(name?.value ?? "");
      this.#root.updateName(said === "" ? operation : `${operation} ${said}`);
      this.#root.setAttributes({ "graphql.operation.type": operation, "graphql.operation.name": said });
    }
    this.#root.setAttributes({
      "dpg.lane": lane,
      "dpg.client": printable(client?.name ?? ""),
      "http.response.status_code": status,
      ...(codes.length > 0 ? { "dpg.error_codes": codes } : {}),
    });
    if (status >= 500) this.#root.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    this.#root.end();
  }
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** The same exporter, which says when the collector stops taking spans, and when it takes them again. */
function sayingFailures(exporter: SpanExporter, log: Logger): SpanExporter {
  let isFailing = false;
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        const hasFailed = result.error !== undefined || result.code !== 0;
        if (hasFailed && !isFailing) log.warn({ err: result.error }, "the collector does not take traces");
        if (!hasFailed && isFailing) log.info("the collector takes traces again");
        isFailing = hasFailed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
