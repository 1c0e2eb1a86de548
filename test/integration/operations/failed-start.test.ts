import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { startGateway } from "../../../gateway/gateway.ts";
import { createLog } from "../../../shared/log.ts";

test("a start that fails leaves nothing running: nobody asks for listed operations any more", async () => {
  let asked = 0;
  const feed = async () => {
    asked += 1;
    return null;
  };
  const usual = readConfig(null, {});
  const start = startGateway({
    config: { ...usual, port: 0, operations: { ...usual.operations, mode: "log" } },
    supergraphSdl: "type Query { no: Supergraph }",
    operations: { feed, lastGoodFile: join(tmpdir(), `dpg-no-operations-${process.pid}.json`) },
    log: createLog({ name: "gateway", level: "silent" }),
  });
  await expect(start).rejects.toMatchObject({ code: "SUPERGRAPH_INVALID" });
  const before = asked;
  expect(before).toBeGreaterThan(0);
  // It is asked for every two seconds.
  await pause(5000);
  expect(asked).toBe(before);
});
