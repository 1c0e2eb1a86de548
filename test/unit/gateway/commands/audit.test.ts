import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuditWriter } from "../../../../gateway/audit/audit-writer.ts";
import { FileAuditStore } from "../../../../gateway/audit/file-audit-store.ts";
import {
  consumersCommand,
  prepareCommand,
  verifyCommand,
  whoCommand,
} from "../../../../gateway/commands/audit.ts";
import { auditRecord } from "../../../testkit/audit-records.ts";

let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "dpg-audit-command-"));
  const report = { written: () => {}, failed: () => {}, recovered: () => {}, queued: () => {} };
  const writer = new AuditWriter({ store: new FileAuditStore(directory), timeoutMs: 1000, report });
  await writer.start();
  await writer.append([auditRecord({ subject: "eve\u001b[31m" }), auditRecord({ subject: null })], true);
  await writer.close();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const nowhere = { DPG_DATA_DIR: "/nowhere" };

describe("dpg audit verify", () => {
  test("says how much it verified", async () => {
    const { text, error, data } = await verifyCommand({ directory }, {});
    expect(text).toBe("1 chains with 4 entries verified.");
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ chains: [{ entries: 4, ending: "closed" }], problems: [] });
  });

  test("refuses what was changed, and says where", async () => {
    const file = join(directory, readdirSync(directory)[0] ?? "");
    writeFileSync(file, readFileSync(file, "utf8").replace("support", "leisure"));
    const { text, error } = await verifyCommand({ directory }, {});
    expect(error?.code).toBe("AUDIT_DAMAGED");
    expect(text).toContain("entry 1 was changed, or the one before it was");
  });

  test("does not take an audit that is not there for an empty one", async () => {
    const gone = verifyCommand({ directory: join(directory, "gone") }, {});
    await expect(gone).rejects.toMatchObject({ code: "AUDIT_NOT_PREPARED" });
    await expect(verifyCommand({}, nowhere)).rejects.toMatchObject({ code: "AUDIT_NOT_PREPARED" });
    const away = { DPG_AUDIT_DATABASE_URL: "postgresql://audit_app@127.0.0.1:1/audit" };
    await expect(verifyCommand({}, away)).rejects.toMatchObject({ code: "POSTGRES_UNAVAILABLE" });
  });
});

describe("dpg audit who and consumers", () => {
  test("print tables that are harmless in a terminal", async () => {
    const env = { DPG_AUDIT_DIRECTORY: directory };
    const { text } = await whoCommand({ coordinate: "Customer.email", since: "7d" }, env);
    expect(text).toContain("eve\\u{1b}[31m");
    expect(text).toContain("(anonymous)");
    expect(text).not.toContain("\u001b");
    const used = await consumersCommand({ product: "customer.customers", since: "1h" }, env);
    expect(used.data).toMatchObject({ consumers: [{ client: "shop" }, { client: "shop" }] });
    expect((await whoCommand({ coordinate: "Customer.name", since: "7d" }, env)).text).toBe("Nobody.");
  });

  test.each(["yesterday-ish", "7", "7y", ""])("refuse the span %j", async (since) => {
    const asked = async () => whoCommand({ coordinate: "Customer.email", since, directory }, {});
    await expect(asked).rejects.toMatchObject({ code: "USAGE" });
  });
});

test("dpg audit prepare needs an administrator", async () => {
  await expect(prepareCommand("audit", {})).rejects.toMatchObject({ code: "USAGE" });
});
