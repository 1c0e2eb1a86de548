import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCursorCodec } from "../../../../shared/subgraph/cursor.ts";

const codec = createCursorCodec("secret");
const refusal = { code: "BAD_USER_INPUT", message: expect.stringContaining("not a cursor of this list") };

describe("cursors", () => {
  it("give back any position, always as the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ maxLength: 50 }), (key, id) => {
        const cursor = codec.encode("orders:TOTAL_ASC", { key, id });
        expect(codec.decode("orders:TOTAL_ASC", cursor)).toEqual({ key, id });
        expect(codec.encode("orders:TOTAL_ASC", { key, id })).toBe(cursor);
      }),
      { verbose: 1 },
    );
  });

  it("show nothing of the values in them", () => {
    const cursor = codec.encode("customers:NAME_ASC", { key: "Ada Lovelace", id: "C0001" });
    expect(Buffer.from(cursor, "base64url").toString("latin1")).not.toMatch(/Ada|C0001/);
  });

  it("are refused for another list, another order or another secret", () => {
    const cursor = codec.encode("orders:TOTAL_ASC", { key: "10", id: "O1" });
    expect(() => codec.decode("orders:TOTAL_DESC", cursor)).toThrow(expect.objectContaining(refusal));
    expect(() => codec.decode("customers:ID_ASC", cursor)).toThrow(expect.objectContaining(refusal));
    const other = createCursorCodec("another secret");
    expect(() => other.decode("orders:TOTAL_ASC", cursor)).toThrow(expect.objectContaining(refusal));
  });

  it("are refused with any bit changed", () => {
    const bytes = Buffer.from(codec.encode("orders:TOTAL_ASC", { key: "10", id: "O1" }), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => codec.decode("orders:TOTAL_ASC", forged.toString("base64url"))).toThrow(
        expect.objectContaining(refusal),
      );
    }
  });

  it.each(["", "x", "a".repeat(3000), Buffer.from('["10","O1"]').toString("base64"), "💥"])(
    "that nobody made are refused: %s",
    (text) => {
      expect(() => codec.decode("orders:TOTAL_ASC", text)).toThrow(expect.objectContaining(refusal));
    },
  );
});
