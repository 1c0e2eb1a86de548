import { z } from "zod";

/** What clients may take of time and connections. */
export const http = z
  .strictObject({
    headersTimeoutMs: z.int().positive().default(5000),
    requestTimeoutMs: z.int().positive().default(9000),
    keepAliveTimeoutMs: z.int().positive().default(65_000),
    writeTimeoutMs: z.int().positive().default(10_000),
    /** Bytes of answers that clients have not taken yet. */
    maxUnsentBytes: z.int().positive().default(200_000_000),
    maxConnections: z.int().positive().default(10_000),
  })
  .prefault({});

/** Beyond these, requests are refused at once. */
export const overload = z
  .strictObject({
    inFlight: z.int().positive().default(1000),
    loopDelayMs: z.int().positive().default(100),
    /** How long what subgraphs answered may wait for its turn. */
    backlogMs: z.int().positive().default(100),
    heapPercent: z.int().min(1).max(100).default(75),
  })
  .prefault({});

/** Between a signal and the end: not ready, then in-flight requests are answered. */
export const shutdown = (production: boolean) =>
  z
    .strictObject({
      /** How long requests are still taken, so that load balancers notice. */
      delayMs: z
        .int()
        .min(0)
        .default(production ? 3000 : 0),
      graceMs: z.int().positive().default(8000),
    })
    .prefault({});
