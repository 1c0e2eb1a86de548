import { z } from "zod";

/** Requests, and cost as estimated, of one window. */
const budget = () =>
  z
    .strictObject({
      requests: z.int().positive().max(1e9).nullable().default(null),
      cost: z.int().positive().max(1e9).nullable().default(null),
    })
    .prefault({});

/** What one request, and one operation, may take. */
export const limits = z
  .strictObject({
    bodyBytes: z.int().positive().default(1_000_000),
    tokens: z.int().positive().default(15_000),
    depth: z.int().positive().default(50),
    aliases: z.int().positive().default(100),
    cost: z.int().positive().default(100_000),
    planMs: z.int().positive().default(1000),
    /** For all subgraph calls of one request together, in milliseconds. */
    requestMs: z.int().positive().default(10_000),
    /** Fields an operation may select once its fragments are expanded. */
    selections: z.int().positive().default(20_000),
    /** Fields of the root type; each may start a call. */
    rootFields: z.int().positive().default(100),
    /** Fields that stand twice in one selection set. */
    duplicates: z.int().positive().default(100),
    directives: z.int().positive().default(100),
    /** Operations and fragments of one document. */
    definitions: z.int().positive().default(500),
    /** Objects that subgraphs may be asked for by key, as estimated. */
    entityFanOut: z.int().positive().default(50_000),
    /** Items that a list is taken to have where neither schema nor arguments say. */
    listSize: z.int().positive().default(10),
    /** Who is told the cost of an operation: whoever asks by the header `x-report-cost`, all, or nobody. */
    reportCost: z.enum(["asked", "always", "off"]).default("asked"),
    /** Operations of one request; 0 where batches are not served. */
    batch: z.int().min(0).max(100).default(0),
    /** Bytes of operation texts whose plans are remembered. */
    operationCacheBytes: z.int().positive().default(10_000_000),
  })
  .prefault({});

/** Which operations are answered: all, or those that applications have published. */
export const operations = z
  .strictObject({
    /** log: answer what is not published, and tell of it; enforce: refuse it. */
    mode: z.enum(["off", "log", "enforce"]).default("off"),
    /** The operations of each application, instead of a registry's. */
    file: z.string().min(1).nullable().default(null),
  })
  .prefault({});

/** What each caller and application may use in a window; null: as much as it likes. */
export const rateLimits = z
  .strictObject({
    store: z.enum(["memory", "postgres", "redis"]).default("memory"),
    databaseUrl: z.string().min(1).nullable().default(null),
    /** While the store does not answer: each gateway counts for itself, or refuses. */
    whenDown: z.enum(["local", "refuse"]).default("local"),
    windowSeconds: z.int().min(1).max(86_400).default(60),
    identity: budget(),
    client: budget(),
  })
  .prefault({});
