import { describe, expect, it } from "vitest";
import { Cancellation } from "../../../../gateway/execution/cancellation.ts";

function work() {
  return {
    timesGivenUp: 0,
    giveUp() {
      this.timesGivenUp += 1;
    },
  };
}

describe("a cancellation", () => {
  it("gives up what is under way, once, and nothing that is done", () => {
    const cancellation = new Cancellation();
    const [running, finished] = [work(), work()];
    cancellation.add(running);
    cancellation.add(finished);
    cancellation.remove(finished);
    cancellation.cancel();
    cancellation.cancel();
    expect([running.timesGivenUp, finished.timesGivenUp]).toEqual([1, 0]);
  });

  it("gives up at once what begins after it", () => {
    const cancellation = new Cancellation();
    cancellation.cancel();
    const late = work();
    cancellation.add(late);
    expect(late.timesGivenUp).toBe(1);
  });

  it("holds out against work that ends other work while it is given up", () => {
    const cancellation = new Cancellation();
    const other = work();
    cancellation.add({ giveUp: () => cancellation.remove(other) });
    cancellation.add(other);
    cancellation.cancel();
    expect(other.timesGivenUp).toBe(0);
  });
});
