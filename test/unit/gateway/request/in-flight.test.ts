import { describe, expect, test } from "vitest";
import { InFlight } from "../../../../gateway/request/in-flight.ts";
import type { Caller } from "../../../../shared/define-directive.ts";
import { ANONYMOUS } from "../../../../shared/principal.ts";

function caller(): Caller {
  return { principal: ANONYMOUS, purpose: null, policies: new Map(), hmacKey: null, today: "2026-01-01" };
}

/** Counts its runs; each run ends when it is told to. */
function work() {
  const ends: ((value: string) => void)[] = [];
  const start = () => new Promise<string>((resolve) => ends.push(resolve));
  return { start, ends };
}

describe("in-flight work", () => {
  test("is done once for the same subject, caller and key", async () => {
    const { start, ends } = work();
    const inFlight = new InFlight<string>();
    const [subject, one] = [{}, caller()];
    const results = [1, 2].map(() => inFlight.run(subject, one, "key", start));
    expect(ends).toHaveLength(1);
    ends[0]?.("done");
    expect(await Promise.all(results)).toEqual(["done", "done"]);
  });

  test("is done for each subject, each caller and each key", () => {
    const { start, ends } = work();
    const inFlight = new InFlight<string>();
    const [subject, one] = [{}, caller()];
    void inFlight.run(subject, one, "key", start);
    void inFlight.run({}, one, "key", start);
    void inFlight.run(subject, caller(), "key", start);
    void inFlight.run(subject, one, "other key", start);
    expect(ends).toHaveLength(4);
  });

  test("is done again once it ended, well or not", async () => {
    let runs = 0;
    const inFlight = new InFlight<string>();
    const [subject, one] = [{}, caller()];
    const fail = async () => {
      runs += 1;
      throw new Error("failed");
    };
    await expect(inFlight.run(subject, one, "key", fail)).rejects.toThrow("failed");
    await expect(inFlight.run(subject, one, "key", fail)).rejects.toThrow("failed");
    expect(runs).toBe(2);
  });
});
