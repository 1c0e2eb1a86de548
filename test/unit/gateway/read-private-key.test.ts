import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { readPrivateKey } from "../../../gateway/read-private-key.ts";

const pem = (key: { export: (as: { format: "pem"; type: "pkcs8" }) => string | Buffer }) =>
  String(key.export({ format: "pem", type: "pkcs8" }));

test("reads an Ed25519 key", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  expect(readPrivateKey(() => pem(privateKey), "KEY").equals(privateKey)).toBe(true);
});

const unreadable = () => {
  throw new Error("ENOENT: /run/secrets/key");
};

test.each([
  ["no key", () => "secret-text"],
  ["a key of another kind", () => pem(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey)],
  ["a file that cannot be read", unreadable],
])("refuses %s by the setting's name, without its text", (_what, read) => {
  expect(() => readPrivateKey(read, "KEY")).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: "KEY is not an Ed25519 private key in PEM.",
    }),
  );
});
