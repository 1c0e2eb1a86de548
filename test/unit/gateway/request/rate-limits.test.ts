import { describe, expect, test } from "vitest";
import { createCallerFactory } from "../../../../gateway/request/caller.ts";
import { createRateLimits, type Payer, type Spending } from "../../../../gateway/request/rate-limits.ts";
import { ANONYMOUS } from "../../../../shared/principal.ts";

const anonymous = createCallerFactory(null)(ANONYMOUS, null);
const payerAt = (address: string, name = ""): Payer => ({
  caller: anonymous,
  client: { name, version: "", isVerified: false },
  address,
});

/** Budgets that only remember the keys that they are spent under. */
function remembering() {
  const keys = new Set<string>();
  const budget = {
    points: 10,
    take: async (key: string) => {
      keys.add(key);
      return null;
    },
  };
  const both: Spending = { requests: budget, cost: budget };
  return { keys, limits: createRateLimits({ identity: both, client: both }) };
}

describe("who has no token spends under one key", () => {
  test("from every address of an IPv6 network, whatever names it invents, and whatever tokens it tries out", async () => {
    const { keys, limits } = remembering();
    for (let host = 1; host <= 50; host += 1) {
      const address = `2001:db8:1:2::${host.toString(16)}`;
      await limits.countRequest(payerAt(address, `app-${host}`));
      await limits.charge(payerAt(address, `app-${host}`), 5);
      await limits.countRefused(address);
    }
    expect(keys.size).toBe(1);
    await limits.countRequest(payerAt("2001:db8:1:3::1"));
    expect(keys.size).toBe(2);
  });

  test("also with a thousand names that it invents", async () => {
    const { keys, limits } = remembering();
    for (let n = 0; n < 1000; n += 1) await limits.countRequest(payerAt("192.0.2.7", `app-${n}`));
    expect(keys.size).toBe(1);
  });

  test("whichever way its IPv4 address is written", async () => {
    const { keys, limits } = remembering();
    for (const address of ["192.0.2.7", "::ffff:192.0.2.7"]) await limits.countRequest(payerAt(address));
    expect(keys.size).toBe(1);
  });
});
