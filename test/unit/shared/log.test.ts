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

  it("holds no credentials inside of texts, nor what clients send", () => {
    const token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2VjcmV0";
    const text = JSON.stringify(
      logged(
        {
          err: new Error("connect postgres://app:hunter2@db/people failed for Bearer abc.def"),
          variables: { name: "hunter2" },
          headers: { "x-api-key": "hunter2", "set-cookie": "hunter2" },
        },
        `got ${token}`,
      ),
    );
    expect(text).not.toMatch(/hunter2|abc\.def|c2VjcmV0/);
    expect(text).toContain("postgres://[secret]db/people");
  });

  it("hardening 117: holds nothing that breaks a line or steers a terminal, and stays JSON", () => {
    const unsafe = "a\nb\u001b[31m\u009b1m\u2028\u202e\u200b\ufeffc";
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    createLog({ name: "test", level: "info", destination }).info({ unsafe }, unsafe);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[ -~]+\n$/);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ unsafe, msg: unsafe });
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
