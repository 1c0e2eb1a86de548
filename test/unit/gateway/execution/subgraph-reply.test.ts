import { describe, expect, it } from "vitest";
import { readAnswer } from "../../../../gateway/execution/subgraph-reply.ts";

describe("reading a subgraph's answer", () => {
  it("takes data and errors, without what servers say of their insides", () => {
    const text = JSON.stringify({
      data: { me: null },
      errors: [
        {
          message: "no",
          path: ["me", 0],
          extensions: {
            code: "NOT_FOUND",
            argument: "id",
            stacktrace: ["at x"],
            exception: {},
            url: "http://x",
          },
        },
        { path: [true] },
      ],
    });
    expect(readAnswer("people", text)).toEqual({
      kind: "response",
      data: { me: null },
      errors: [
        { message: "no", path: ["me", 0], extensions: { code: "NOT_FOUND", argument: "id" } },
        { message: 'Subgraph "people" failed.', path: undefined, extensions: {} },
      ],
    });
  });

  it.each([
    ["malformed JSON", '{"data":{"secret"'],
    ["nothing", ""],
    ["an empty object", "{}"],
    ["null data without errors", '{"data":null}'],
    ["an empty list of errors and no data", '{"errors":[]}'],
    ["a list", "[]"],
    ["null", "null"],
    ["errors that are a string", '{"data":{},"errors":"secret"}'],
    ["errors that are strings", '{"data":{},"errors":["secret"]}'],
    ["data that is a list", '{"data":["secret"]}'],
  ])("refuses %s, without repeating any of it", (_, text) => {
    const read = readAnswer("people", text);
    expect(read).toMatchObject({ kind: "failed", code: "SUBGRAPH_INVALID_RESPONSE" });
    expect(JSON.stringify(read)).not.toContain("secret");
  });

  it("keeps prototypes clean when keys are __proto__", () => {
    expect(readAnswer("people", '{"data":{"__proto__":{"polluted":1}}}')).toMatchObject({ kind: "response" });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(readAnswer("people", '{"__proto__":{"data":{"x":1}}}')).toMatchObject({ kind: "failed" });
  });

  it("cuts off messages that go on for ever", () => {
    const read = readAnswer("people", JSON.stringify({ errors: [{ message: "x".repeat(100_000) }] }));
    expect(JSON.stringify(read).length).toBeLessThan(3000);
  });
});
