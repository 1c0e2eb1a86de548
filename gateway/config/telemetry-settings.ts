import { z } from "zod";
import { address } from "./allowed-address.ts";

/** What is written to the log. */
export const log = z
  .strictObject({
    level: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    /** A line per GraphQL request: so many per second at most without errors, and so many with. */
    access: z
      .strictObject({
        level: z.enum(["off", "debug", "info"]).default("info"),
        ordinaryPerSecond: z.int().min(0).default(20),
        failedPerSecond: z.int().min(0).default(200),
      })
      .prefault({}),
  })
  .prefault({});

/** Who may read `/metrics`: whoever reaches the port, or who sends this token as the bearer. */
export const metrics = z
  .strictObject({
    token: z
      .string()
      .regex(/^[\w.~+/-]{16,}=*$/, "expected 16 or more of the characters of a bearer token")
      .nullable()
      .default(null),
  })
  .prefault({});

/** Where traces go. */
export const telemetry = (production: boolean) =>
  z
    .strictObject({
      /** Where a collector takes OTLP over HTTP, and for which share of the requests. */
      traces: z
        .strictObject({
          otlpUrl: address(production).nullable().default(null),
          sample: z.number().min(0).max(1).default(0.1),
        })
        .prefault({}),
    })
    .prefault({});

/** How data products are, as the registry that is followed knows: told on request, and where data is stale. */
export const products = z
  .strictObject({
    watch: z.boolean().default(true),
    intervalMs: z.int().min(100).default(10_000),
  })
  .prefault({});

/** What is counted of the operations that applications send, for a registry. */
export const usage = z
  .strictObject({
    record: z.boolean().default(true),
    intervalMs: z.int().min(100).default(10_000),
  })
  .prefault({});
