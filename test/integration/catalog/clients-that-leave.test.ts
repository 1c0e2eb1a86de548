import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startCatalog } from "../../testkit/start-catalog.ts";

const LINEAGE = `{ lineage(of: "Order.total") { nodes { id } } }`;
const WAVES = 5;
const CLIENTS = 30;

test("clients that leave while their lineage is read leave no rejection behind, which would end the process", async () => {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => void rejections.push(reason);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
  const catalog = await startCatalog();
  onTestFinished(async () => {
    await catalog.stop();
    process.off("unhandledRejection", note);
    for (const listener of others) process.on("unhandledRejection", listener);
  });
  expect((await catalog.ask(LINEAGE, { caller: { subject: "ada" } })).errors).toEqual([]);
  const token = catalog.tokenFor({ subject: "ada" });
  let left = 0;
  for (let wave = 0; wave < WAVES; wave += 1) {
    const leaving = new AbortController();
    const asked = Array.from({ length: CLIENTS }, () =>
      fetch(catalog.url, {
        method: "POST",
        signal: leaving.signal,
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: LINEAGE }),
      }).catch(() => {
        left += 1;
      }),
    );
    await pause(10 + wave * 10);
    leaving.abort();
    await Promise.all(asked);
    await pause(300);
  }
  expect(left).toBeGreaterThan(CLIENTS);
  expect(rejections).toEqual([]);
});
