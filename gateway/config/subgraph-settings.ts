import { z } from "zod";

/** Headers that say who calls, where from, or how the message is framed: the gateway alone speaks of these. */
const OWN_HEADERS =
  /^(authorization|cookie2?|proxy-.*|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-.*|accept|accept-encoding|x-request-id|traceparent|tracestate|baggage|forwarded|x-forwarded.*|x-real-ip|x-purpose|x-user.*|x-auth.*|x-dpg.*|via)$/;

const header = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, "expected a header's name in lower case")
  .refine((name) => !OWN_HEADERS.test(name), {
    message: "this header says who calls, or frames the message, and is not passed on",
  });

/** Every setting of a subgraph that has a default. */
const defaults = z.strictObject({
  /** Milliseconds for one call, from waiting for a connection to the last byte. */
  timeoutMs: z.int().positive().default(2000),
  /** To connect, TLS included. */
  connectTimeoutMs: z.int().positive().default(1000),
  /** From the request's first byte to the head of the answer; null for as long as the whole call may take. */
  headersTimeoutMs: z.int().positive().nullable().default(null),
  /** Between two pieces of the answer's body; null likewise. */
  bodyTimeoutMs: z.int().positive().nullable().default(null),
  /** How often a query is tried again, within a budget; mutations never are. */
  retries: z.int().min(0).max(5).default(1),
  /** Bytes of an answer, decompressed. */
  maxResponseBytes: z.int().positive().default(20_000_000),
  /** Calls, and connections, at once. */
  concurrency: z.int().positive().default(64),
  /** Calls that wait for a connection; more fail at once. */
  queue: z.int().min(0).default(1000),
  /** Share of failed calls above which none are made for `openMs`; 100 for never. */
  failurePercent: z.int().min(1).max(100).default(50),
  openMs: z.int().positive().default(5000),
  /** Headers of the client's request that are passed on. */
  headers: z.array(header).default([]),
});

/** How subgraphs are called, as far as nothing is said of one. */
export const subgraphDefaults = defaults.prefault({});

/**
 * What is said of one subgraph: it goes before the defaults.
 *
 * @param address accepts the addresses that may be called
 */
export function subgraphSettings<Address extends z.ZodType<string>>(address: Address) {
  const { shape } = defaults;
  return z.strictObject({
    url: address.optional(),
    /** Files in PEM: authorities to trust in place of the system's, and the gateway's own certificate and key. */
    tls: z
      .strictObject({
        caFile: z.string().min(1).optional(),
        certFile: z.string().min(1).optional(),
        keyFile: z.string().min(1).optional(),
      })
      .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
        message: "certFile and keyFile go together",
      })
      .optional(),
    timeoutMs: shape.timeoutMs.unwrap().optional(),
    connectTimeoutMs: shape.connectTimeoutMs.unwrap().optional(),
    headersTimeoutMs: shape.headersTimeoutMs.unwrap().optional(),
    bodyTimeoutMs: shape.bodyTimeoutMs.unwrap().optional(),
    retries: shape.retries.unwrap().optional(),
    maxResponseBytes: shape.maxResponseBytes.unwrap().optional(),
    concurrency: shape.concurrency.unwrap().optional(),
    queue: shape.queue.unwrap().optional(),
    failurePercent: shape.failurePercent.unwrap().optional(),
    openMs: shape.openMs.unwrap().optional(),
    headers: shape.headers.unwrap().optional(),
  });
}
