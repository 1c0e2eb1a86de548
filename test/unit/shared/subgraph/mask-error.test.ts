import { GraphQLError } from "graphql";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { ClientError, InternalError } from "../../../../shared/errors.ts";
import { maskError } from "../../../../shared/subgraph/mask-error.ts";

function mask(original: Error, path?: readonly (string | number)[]) {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => lines.push(line) });
  const error = new GraphQLError(original.message, {
    originalError: original,
    ...(path ? { path } : {}),
  });
  const formatted = { ...error.toJSON(), extensions: { code: "INTERNAL_SERVER_ERROR", ...error.extensions } };
  return { masked: maskError(formatted, error, "req-1", log), log: lines.join("") };
}

describe("an error on its way to the gateway", () => {
  it.each([
    new Error('duplicate key value violates unique constraint "customer_email"'),
    new InternalError("a secret"),
    new TypeError("Cannot read properties of undefined"),
    new GraphQLError('Enum "Region" cannot represent value: "MOON"'),
    new GraphQLError("thrown with a code of its own", { extensions: { code: "SECRET" } }),
  ])("hides what is our own fault and logs it: %s", (original) => {
    const { masked, log } = mask(original, ["customer", "email"]);
    expect(masked).toEqual({
      message: "Internal error; request id req-1",
      path: ["customer", "email"],
      extensions: { code: "INTERNAL", requestId: "req-1" },
    });
    expect(JSON.parse(log)).toMatchObject({ level: 50, path: ["customer", "email"] });
  });

  it("keeps what is written for the client", () => {
    const original = new ClientError("BAD_USER_INPUT", "first: expected 0 to 100, got 101", {
      argument: "first",
    });
    expect(mask(original, ["customers"])).toEqual({
      masked: {
        message: original.message,
        path: ["customers"],
        extensions: { code: "BAD_USER_INPUT", argument: "first" },
      },
      log: "",
    });
  });

  it("cannot be given another code by its extensions", () => {
    const original = new ClientError("BAD_USER_INPUT", "no", { code: "OTHER" });
    expect(mask(original, ["x"]).masked.extensions).toEqual({ code: "BAD_USER_INPUT" });
  });

  it("keeps what validation says, but no more than 500 characters of it", () => {
    const { masked, log } = mask(
      new GraphQLError(`Variable "$id" got invalid value "${"x".repeat(10_000)}"`),
    );
    expect(masked.message).toHaveLength(501);
    expect(log).toBe("");
  });
});
