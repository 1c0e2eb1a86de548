import { describe, expect, test } from "vitest";
import { type AuditArchive, matches } from "../../../../gateway/audit/audit-store.ts";
import { consumersOf, whoSaw } from "../../../../gateway/audit/query-audit.ts";
import type { AuditRecord } from "../../../../gateway/request/audit-record.ts";
import { auditRecord } from "../../../testkit/audit-records.ts";

const at = (day: number) => `2026-11-${String(day).padStart(2, "0")}T08:00:00.000Z`;
const since = Date.parse(at(10));

function archiveOf(...changes: readonly Partial<AuditRecord>[]): AuditArchive {
  const records = changes.map((change, index) =>
    auditRecord({ time: at(11), requestId: `r${index}`, ...change }),
  );
  return {
    chains: async () => [],
    entries: async function* () {},
    deliveries: async function* (query) {
      for (const record of records) if (matches(query, record)) yield record;
    },
    close: async () => {},
  };
}

const who = async (archive: AuditArchive, query: object = {}) =>
  (await whoSaw(archive, { coordinate: "Customer.email", since, ...query })).map(
    ({ subject, decision, requests, values, isCertain }) =>
      `${subject} ${decision} ${requests}/${values}${isCertain ? "" : " possibly"}`,
  );

describe("who saw a field", () => {
  test("groups what is alike, the latest first, and says why", async () => {
    const archive = archiveOf(
      { subject: "eve", count: 2 },
      { subject: "eve", count: 3, time: at(12) },
      { subject: "bob", decision: "mask", time: at(13) },
      { subject: null, decision: "deny", count: 0, time: at(14), entities: [] },
    );
    expect(await who(archive)).toEqual(["null deny 1/0", "bob mask 1/1", "eve allow 2/5"]);
    const [latest] = await whoSaw(archive, { coordinate: "Customer.email", since, subject: "eve" });
    expect(latest).toMatchObject({
      rule: "no rule refuses",
      client: "shop",
      purpose: "support",
      first: at(11),
      last: at(12),
      requestIds: ["r1", "r0"],
    });
  });

  test("leaves out other fields and what was before", async () => {
    const archive = archiveOf({ coordinate: "Customer.phone" }, { time: at(9) }, { subject: "ann" });
    expect(await who(archive)).toEqual(["ann allow 1/1"]);
  });

  test("of one entity: who certainly got it, and who perhaps, where not all were listed", async () => {
    const archive = archiveOf(
      { subject: "ann", entities: ["C1", "C2"], count: 2 },
      { subject: "bob", entities: ["C2"] },
      { subject: "cid", entities: ["C3"], count: 5000, isComplete: false, time: at(10) },
      { subject: "dan", decision: "deny", entities: [], count: 0 },
    );
    expect(await who(archive, { entity: "C1" })).toEqual(["ann allow 1/2", "cid allow 1/5000 possibly"]);
  });
});

describe("the consumers of a product", () => {
  test("are applications and callers, with their purposes and fields; refusals are no use", async () => {
    const archive = archiveOf(
      { requestId: "a", coordinate: "Customer.phone", purpose: "care" },
      { requestId: "a", count: 4 },
      { client: "bi", decision: "mask", time: at(12), purpose: null },
      { client: "curious", decision: "deny", count: 0 },
      { client: "unlucky", decision: "withheld" },
      { client: "elsewhere", product: "order.orders" },
    );
    const found = await consumersOf(archive, { product: "customer.customers", since });
    expect(
      found.map(({ client, purposes, coordinates, requests, values }) => [
        client,
        purposes,
        coordinates,
        requests,
        values,
      ]),
    ).toEqual([
      ["bi", [], ["Customer.email"], 1, 1],
      ["shop", ["care", "support"], ["Customer.email", "Customer.phone"], 1, 5],
    ]);
  });
});
