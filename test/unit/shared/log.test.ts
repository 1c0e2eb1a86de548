import { describe, expect, it } from "vitest";
import { createLog } from "../../../shared/log.ts";

function logged(record: object, message = "m"): Record<string, unknown> {
  const lines: string[] = [];
  createLog({ name: "test", level: "info", destination: { write: (line) => lines.push(line) } }).info(
    record,
    message,
  );
  return JSON.parse(lines.join(""));
}

describe("a log", () => {
  it("holds no credentials", () => {
    const headers = { authorization: "Bearer secret", cookie: "secret", accept: "*/*" };
    const text = JSON.stringify(
      logged({
        token: "secret",
        db: { password: "secret", databaseUrl: "secret" },
        headers,
        req: { headers },
      }),
    );
    expect(text).not.toContain('ecret"');
    expect(text).toContain("*/*");
  });

  it("keeps of a database error what finds the fault, not the row it quotes", () => {
    const err = Object.assign(new Error("violates check constraint", { cause: new Error("inner") }), {
      code: "23514",
      table: "customer",
      constraint: "customer_check",
      detail: "Failing row contains (C0001, ada@example.com)",
      where: "ada@example.com",
    });
    const record = logged({ err });
    expect(record.err).toMatchObject({
      message: "violates check constraint",
      code: "23514",
      table: "customer",
      constraint: "customer_check",
      cause: { message: "inner" },
    });
    expect(JSON.stringify(record)).not.toContain("ada@example.com");
  });

  it("takes what is thrown and is no error", () => {
    expect(logged({ err: "text" }).err).toEqual({ message: "text" });
  });
});
