import { afterEach, describe, expect, it, vi } from "vitest";
import { createCallerFactory } from "../../../../gateway/request/caller.ts";
import { ANONYMOUS } from "../../../../shared/principal.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("a caller", () => {
  it("is the same object all day (UTC), and another one on the next day, also when the clock is set back", () => {
    vi.useFakeTimers({ now: Date.parse("2026-03-01T00:00:00.000Z") });
    const callerOf = createCallerFactory(null);
    const first = callerOf(ANONYMOUS, null);
    expect(first.today).toBe("2026-03-01");
    vi.setSystemTime(Date.parse("2026-03-01T23:59:59.999Z"));
    expect(callerOf(ANONYMOUS, null)).toBe(first);
    vi.setSystemTime(Date.parse("2026-03-02T00:00:00.000Z"));
    expect(callerOf(ANONYMOUS, null).today).toBe("2026-03-02");
    vi.setSystemTime(Date.parse("2026-02-28T23:59:59.999Z"));
    expect(callerOf(ANONYMOUS, null).today).toBe("2026-02-28");
  });
});
