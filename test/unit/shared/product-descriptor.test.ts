import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { parseProductDescriptor } from "../../../shared/product-descriptor.ts";

const file = new URL("../../../subgraphs/order/product.yaml", import.meta.url);
const yaml = readFileSync(file, "utf8");
const change = (changes: object) => stringify({ ...parse(yaml), ...changes });

describe("a product descriptor", () => {
  it("is read", () => {
    expect(parseProductDescriptor(yaml, "product.yaml")).toMatchObject({
      id: "order.orders",
      owner: { team: "order-domain", contact: "order-domain@example.com" },
      outputPorts: [{ type: "Order", table: "orders" }],
      serviceLevels: { freshness: "PT0S" },
    });
  });

  it("needs no input ports", () => {
    expect(parseProductDescriptor(change({ inputPorts: undefined }), "x").inputPorts).toEqual([]);
  });

  it.each(["2026-06-30T12:00:00Z", "2022-11-15T02:59:43+00:00", "2026-06-30T12:00:00.123-05:30"])(
    "says when its owners began with it: %s",
    (created) => {
      expect(parseProductDescriptor(change({ created }), "x").created).toBe(created);
    },
  );

  it.each(["yesterday", "2026-06-30", "2026-06-30T12:00Z", "2026-06-30T12:00:00", "2026-02-30T12:00:00Z", 1])(
    "is refused for %s as its beginning",
    (created) => {
      expect(() => parseProductDescriptor(change({ created }), "x")).toThrow(/created: .*date-time/);
    },
  );

  it.each([
    ["an unknown entry by its name", change({ ownr: 1 }), /"ownr"/],
    [
      "an unknown entry further down",
      change({ owner: { team: "a", contact: "a@example.com", slack: "#a" } }),
      /owner: .*"slack"/,
    ],
    ["a missing entry", change({ purpose: undefined }), /purpose: /],
    ["an id outside its domain", change({ id: "customer.orders" }), /id: .*domain/],
    ["an id that is no address", change({ id: "Orders" }), /id: .*domain\.product/],
    ["a version that is none", change({ version: 1 }), /version: /],
    ["a status that is none", change({ status: "LIVE" }), /status: /],
    ["no output port", change({ outputPorts: [] }), /outputPorts: /],
    ["a contact that is no address", change({ owner: { team: "a", contact: "me" } }), /owner\.contact: /],
    [
      "a duration that is none",
      change({ serviceLevels: { freshness: "P" } }),
      /serviceLevels\.freshness: .*ISO 8601/,
    ],
    ["text that is no YAML", "a: [", /file\.yaml: .*line 1/s],
    ["an alias of nothing", "a: *b", /file\.yaml: .*alias/],
    [
      "aliases that grow",
      `a: &a [1]\nb: &b [${"*a, ".repeat(50)}]\nc: [${"*b, ".repeat(50)}]`,
      /file\.yaml: .*alias/,
    ],
    ["an empty file", "", /file\.yaml: \(top\)/],
  ])("is refused for %s", (_name, text, message) => {
    const read = () => parseProductDescriptor(text, "file.yaml");
    expect(read).toThrow(expect.objectContaining({ code: "PRODUCT_DESCRIPTOR_INVALID" }));
    expect(read).toThrow(message);
  });

  const standards = (text: string) => `${yaml}\nstandards:\n  odcs:\n    ${text}\n`;
  const within = (open: string, close: string, count: number) => open.repeat(count) + 1 + close.repeat(count);
  const lines = (count: number, line: string) =>
    Array.from({ length: count }, (_, index) => " ".repeat(4 + index) + line)
      .join("\n")
      .trimStart();
  // Each list is in the one before, by its name.
  const chain = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      index === 0
        ? "c0: &c0 [1]"
        : `c${index}: &c${index} ${within("[", "]", 30).replace("1", `*c${index - 1}`)}`,
    ).join("\n    ");

  it("nests sixty-four deep at most, the file's own three levels included", () => {
    expect(
      parseProductDescriptor(standards(`a: ${within("[", "]", 61)}`), "x").standards?.odcs,
    ).toHaveProperty("a");
    expect(() => parseProductDescriptor(standards(`a: ${within("[", "]", 62)}`), "x")).toThrow(/64 deep/);
    expect(() => parseProductDescriptor(standards(`a: &a ${within("[", "]", 40)}`), "x")).not.toThrow();
  });

  // Where the stack of one thread holds what that of another does not, and where none does.
  it.each([64, 800, 1500, 2500, 100_000])(
    "is refused for %s levels of lists, maps and keys, with the same reason wherever it is read",
    (count) => {
      for (const text of [
        `a: ${within("[", "]", count)}`,
        `a: ${"[".repeat(count)}`,
        `a: ${within("{a: ", "}", count)}`,
        `a: ${within("[a: ", "]", count)}`,
        `a:\n      ${"- ".repeat(count)}x`,
        `${"? ".repeat(count)}x`,
        `a: ${within("{? ", "}", count)}`,
        ...(count < 3000 ? [lines(count, "a:")] : []),
      ])
        expect(() => parseProductDescriptor(standards(text), "file.yaml"), text.slice(0, 40)).toThrow(
          expect.objectContaining({
            code: "PRODUCT_DESCRIPTOR_INVALID",
            message: "file.yaml: lists and maps nest more than 64 deep",
          }),
        );
    },
  );

  it.each([
    ["that stand for what nests", chain(5)],
    ["that stand for what they are in", "a: &a [*a]"],
  ])("is refused for aliases %s too deep", (_name, text) => {
    expect(() => parseProductDescriptor(standards(text), "x")).toThrow(
      expect.objectContaining({
        code: "PRODUCT_DESCRIPTOR_INVALID",
        message: expect.stringMatching(/64 deep/),
      }),
    );
  });
});
