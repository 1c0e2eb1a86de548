import { z } from "zod";
import { sentText } from "./known-operation.ts";

/** Upper bounds of the latency histogram in milliseconds; one more bucket takes what is slower. */
export const LATENCY_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const;

/** Names the clients beyond those that are told apart; of these only whether they had a token is known. */
export const OTHER_CLIENT = "(other)";

/** Names the platform's own checks of quality: what they ask for counts as use, but tells nothing of applications. */
export const CHECKS_CLIENT = "quality-checks";

/** `Type`, `Type.field`, `Type.*` or `Type.field(argument:)`. */
const COORDINATE = /^\w+(\.(\w+|\*)(\(\w+:\))?)?$/;
const label = z.string().max(200);
const amount = z.int().min(0).max(1e12);

/** As which application and whom requests are counted. */
export const usageKind = z.strictObject({
  /** Names the application; empty where it does not say. */
  clientName: label,
  clientVersion: label,
  /** Whether callers had a token; nothing else is known of them than scopes and purpose. */
  authenticated: z.boolean(),
  /** Sorted. */
  scopes: z.array(z.string().max(1000)).max(200),
  purpose: label.nullable(),
});

const count = usageKind.extend({
  requests: amount,
  /** Requests whose answer had errors. */
  errors: amount,
  /** Requests per bucket of {@link LATENCY_BOUNDS}. */
  latency: z.array(amount).length(LATENCY_BOUNDS.length + 1),
});

/** What is said of an operation, whoever sends it. */
export const describedOperation = z.strictObject({
  /** Empty for an anonymous operation. */
  name: z.string().max(1000),
  /** The normalised text: literals hidden, aliases and unused fragments gone, sorted. */
  signature: z.string().max(500_000),
  /** What of the schema it uses, see `gateway/usage/used-coordinates.ts`. */
  coordinates: z.array(z.string().max(2000).regex(COORDINATE)).max(50_000),
  /** As clients send it, where that may be kept. */
  text: sentText.nullable().default(null),
});

const operation = describedOperation.extend({
  counts: z.array(count).max(10_000),
});

/** Requests that read a data product, whichever operation they sent. */
const productTraffic = z.strictObject({
  /** The product's id. */
  product: z.string().min(1).max(200),
  requests: amount,
  /** Requests whose answer had an error of the product. */
  errors: amount,
  /** Requests that did not get the product's data, because it could not be reached. */
  failures: amount,
  /** Requests per bucket of {@link LATENCY_BOUNDS}. */
  latency: z.array(amount).length(LATENCY_BOUNDS.length + 1),
});

/** What a gateway tells the registry of the operations that it answered since it last did. */
export const usageBatch = z.strictObject({
  /** A batch that comes twice counts once. */
  id: z.uuid(),
  /** Milliseconds since the epoch at its end. */
  at: z.number().positive(),
  operations: z.array(operation).max(10_000),
  products: z.array(productTraffic).max(10_000).default([]),
  /** Requests that there was no room to record. */
  dropped: amount,
});

export type UsageBatch = z.infer<typeof usageBatch>;
export type UsageCount = z.infer<typeof count>;
export type UsedOperation = z.infer<typeof operation>;
export type ProductTraffic = z.infer<typeof productTraffic>;
