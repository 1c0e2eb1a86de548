import { createHash } from "node:crypto";
import type { Caller } from "../../shared/define-directive.ts";
import { ClientError } from "../../shared/errors.ts";
import { addressBlock } from "./address-block.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { OperationRequest } from "./handle-operation.ts";

/** Network addresses whose keys are remembered. */
const MAX_ADDRESSES = 10_000;

/** Who is counted: a person or service, and the application that it uses. */
export type Payer = Pick<OperationRequest, "caller" | "client" | "address">;

/** Takes points of a key; tells in how many milliseconds there are new ones where there are not enough left. */
export interface Budget {
  /** Rejects with an Error where the store of the points cannot be reached. */
  readonly take: (key: string, points: number) => Promise<{ readonly retryInMs: number } | null>;
  /** Of one window. */
  readonly points: number;
}

export interface RateBudgets {
  readonly identity: Spending;
  readonly client: Spending;
}

/** Null where it is not limited. */
export interface Spending {
  readonly requests: Budget | null;
  readonly cost: Budget | null;
}

export interface RateLimits {
  /** Counts a request, before its text is looked at. @throws ClientError RATE_LIMITED or RATE_LIMITS_UNAVAILABLE */
  readonly countRequest: (payer: Payer) => Promise<void>;
  /** Counts what an operation costs, before it is run. @throws ClientError as above */
  readonly charge: (payer: Payer, cost: number) => Promise<void>;
  /** Counts a request whose token was refused, as one of nobody that costs one. @throws ClientError as above */
  readonly countRefused: (address: string) => Promise<void>;
}

/**
 * Limits per identity (of nobody's: per network address) and per application, with budgets for requests and cost. Only
 * a verified token names an application. Whoever has none counts as one of its own, whatever name it claims: nobody
 * spends another's budget, and inventing names gives no other.
 */
export function createRateLimits(budgets: RateBudgets): RateLimits {
  // Hashing a name costs more than counting.
  const subjects = new WeakMap<Caller, string>();
  const applications = new WeakMap<Caller, string>();
  const addresses = new BoundedMap<string>(MAX_ADDRESSES);
  const nobodyAt = (address: string): string => {
    const known = addresses.get(address) ?? safeKey(`address ${addressBlock(address)}`);
    addresses.set(address, known);
    return known;
  };
  const identityOf = ({ caller, address = "" }: Payer): string => {
    if (caller.principal.kind === "anonymous") return nobodyAt(address);
    const { issuer, subject } = caller.principal;
    const known = subjects.get(caller) ?? safeKey(`subject ${issuer} ${subject}`);
    subjects.set(caller, known);
    return known;
  };
  const applicationOf = (payer: Payer): string => {
    const { client, caller } = payer;
    if (!client.isVerified || caller.principal.kind === "anonymous") return identityOf(payer);
    // Of one token, it is always the same.
    const known = applications.get(caller) ?? safeKey(`client ${caller.principal.issuer} ${client.name}`);
    applications.set(caller, known);
    return known;
  };
  const spend = async (payer: Payer, what: "requests" | "cost", points: number): Promise<void> => {
    const ofIdentity = budgets.identity[what];
    if (ofIdentity) await takeFrom(ofIdentity, identityOf(payer), points, `identity.${what}`);
    const ofClient = budgets.client[what];
    if (ofClient) await takeFrom(ofClient, applicationOf(payer), points, `client.${what}`);
  };
  return {
    countRequest: (payer) => spend(payer, "requests", 1),
    charge: (payer, cost) => spend(payer, "cost", Math.max(1, Math.ceil(cost))),
    countRefused: async (address) => {
      for (const whose of ["identity", "client"] as const)
        for (const what of ["requests", "cost"] as const) {
          const budget = budgets[whose][what];
          if (budget) await takeFrom(budget, nobodyAt(address), 1, `${whose}.${what}`);
        }
    },
  };
}

async function takeFrom(budget: Budget, key: string, points: number, name: string): Promise<void> {
  // More than there ever is counts as one too many: stores hold small numbers.
  const taken = await budget.take(key, Math.min(points, budget.points + 1)).catch(() => {
    throw new ClientError("RATE_LIMITS_UNAVAILABLE", "What was used already cannot be counted now.", {
      retryAfterSeconds: 1,
    });
  });
  if (taken === null) return;
  throw new ClientError("RATE_LIMITED", `More was asked for than rateLimits.${name} allows.`, {
    limit: name,
    maximum: budget.points,
    retryAfterSeconds: Math.max(1, Math.ceil(taken.retryInMs / 1000)),
  });
}

/** Short, and of characters that every store takes; nobody's name is stored. */
function safeKey(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
