import { describe, expect, test } from "vitest";
import {
  judgeFreshness,
  judgeTraffic,
  type Traffic,
  USUAL_WINDOWS,
} from "../../../../gateway/catalog/quality/service-levels.ts";
import { LATENCY_BOUNDS } from "../../../../shared/usage-batch.ts";

const NOW = Date.parse("2026-06-30T12:00:00Z");

/** Traffic with all requests in the bucket up to `within` milliseconds. */
function traffic(requests: number, bad = 0, within = 10): Traffic {
  const latency = [...LATENCY_BOUNDS, 0].map((bound) => (bound === within ? requests : 0));
  return { requests, errors: bad, failures: bad, latency };
}

function judge(
  kind: "AVAILABILITY" | "LATENCY" | "ERROR_RATE",
  target: number,
  over: (seconds: number) => Traffic,
) {
  return judgeTraffic({ kind, target, over, windows: USUAL_WINDOWS, now: NOW });
}

describe("service levels", () => {
  test("availability: half of the error budget is left, and it is used as fast as allowed", () => {
    expect(judge("AVAILABILITY", 99, () => traffic(1000, 5))).toMatchObject({
      state: "MET",
      value: 99.5,
      errorBudgetRemaining: 0.5,
      burnRate: 0.5,
      severity: null,
    });
  });

  test("a budget that is used up is a broken promise", () => {
    expect(judge("AVAILABILITY", 99.9, () => traffic(1000, 2))).toMatchObject({
      state: "BREACHED",
      severity: "critical",
      message: "The error budget was used 2.0 times over; it is used 2.0 times as fast as allowed.",
    });
  });

  test("a burn counts where it is fast over the long and the short time, so that what is over is no alarm", () => {
    const month = traffic(1_000_000, 100);
    const hour = traffic(1000, 200);
    const going = judge("AVAILABILITY", 99, (seconds) => (seconds > 86_400 ? month : hour));
    expect(going).toMatchObject({ state: "AT_RISK", severity: "critical", burnRate: 20 });
    const over = judge("AVAILABILITY", 99, (seconds) =>
      seconds > 86_400 ? month : seconds > 1800 ? hour : traffic(100),
    );
    expect(over).toMatchObject({ state: "MET", severity: null });
    const slow = judge("AVAILABILITY", 99, (seconds) => (seconds > 86_400 ? month : traffic(1000, 80)));
    expect(slow).toMatchObject({ state: "AT_RISK", severity: "warning" });
  });

  test("one failure among a handful is no alarm", () => {
    const few = judge("AVAILABILITY", 99, (seconds) =>
      seconds > 86_400 ? traffic(1_000_000) : traffic(5, 1),
    );
    expect(few).toMatchObject({ state: "MET", severity: null });
  });

  test("latency: the 95th percentile, and every slow request uses its budget of five percent", () => {
    const slow = traffic(100, 0, 500);
    const mixed = {
      ...slow,
      latency: slow.latency.map((count, index) => (count > 0 ? 4 : LATENCY_BOUNDS[index] === 20 ? 96 : 0)),
    };
    const judged = judge("LATENCY", 100, () => mixed);
    expect(judged.state).toBe("MET");
    expect(judged.value).toBeLessThanOrEqual(20);
    expect(judged.errorBudgetRemaining).toBeCloseTo(0.2);
    expect(judge("LATENCY", 100, () => slow)).toMatchObject({ state: "BREACHED" });
    expect(judge("LATENCY", 500, () => slow).value).toBeGreaterThan(450);
  });

  test("error rate counts every error of the product", () => {
    expect(judge("ERROR_RATE", 10, () => traffic(100, 5))).toMatchObject({
      value: 5,
      errorBudgetRemaining: 0.5,
    });
  });

  test("nothing is known where nobody asked", () => {
    expect(judge("AVAILABILITY", 99.9, () => traffic(0))).toMatchObject({
      state: "UNKNOWN",
      value: null,
      severity: null,
    });
  });

  test.each([
    [10, "MET"],
    [50, "AT_RISK"],
    [61, "BREACHED"],
  ])("data that is %i seconds old where 60 are promised: %s", (age, state) => {
    expect(judgeFreshness(60, new Date(NOW - age * 1000), NOW)).toMatchObject({ state, value: age });
  });

  test("data of the future is new, and of which nobody tells is unknown", () => {
    expect(judgeFreshness(60, new Date(NOW + 5000), NOW)).toMatchObject({ state: "MET", value: 0 });
    expect(judgeFreshness(60, null, NOW)).toMatchObject({ state: "UNKNOWN", severity: null });
  });
});
