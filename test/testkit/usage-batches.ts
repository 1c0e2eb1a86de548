import { randomUUID } from "node:crypto";
import {
  LATENCY_BOUNDS,
  type UsageBatch,
  type UsageCount,
  type UsedOperation,
} from "../../shared/usage-batch.ts";

/** A batch as a gateway sends it, of these operations. */
export function usageBatchOf(
  operations: readonly Partial<UsedOperation>[],
  rest: Partial<UsageBatch> = {},
): UsageBatch {
  const defaults = {
    name: "Pets",
    signature: "query Pets{pet{name}}",
    coordinates: ["Pet.name"],
    counts: [],
    text: null,
  };
  return {
    id: randomUUID(),
    at: Date.now(),
    operations: operations.map((item) => ({ ...defaults, ...item })),
    products: [],
    dropped: 0,
    ...rest,
  };
}

/** Requests of one kind of caller. */
export function usageCountOf(count: Partial<UsageCount>): UsageCount {
  const { requests = 1 } = count;
  return {
    clientName: "shop",
    clientVersion: "1.0",
    authenticated: true,
    scopes: ["read"],
    purpose: null,
    requests,
    errors: 0,
    latency: [...LATENCY_BOUNDS.map(() => 0), requests],
    ...count,
  };
}
