import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  openDevelopmentKey,
  pemOf,
  readSecret,
  writeSecret,
} from "../../../../gateway/commands/development-files.ts";
import { openDevelopmentIssuer } from "../../../../gateway/commands/development-issuer.ts";
import { scratchDirectory } from "../../../testkit/scratch-directory.ts";

const NAME = "registry-key.pem";
const ISSUER = "development-issuer.json";

function codeOf(act: () => unknown): unknown {
  try {
    act();
    return "nothing was thrown";
  } catch (error) {
    return error instanceof Error && "code" in error ? { code: error.code, message: error.message } : error;
  }
}

describe("a key of the data directory", () => {
  test("is made once, whole, for its owner alone; a draft that was left keeps nothing from it", async () => {
    const folder = join(await scratchDirectory(), "new");
    mkdirSync(folder);
    writeFileSync(join(folder, `${NAME}.${process.pid}`), "left by a process that was killed", {
      mode: 0o644,
    });
    const made = openDevelopmentKey(folder, NAME);
    expect(pemOf(openDevelopmentKey(folder, NAME))).toBe(pemOf(made));
    expect(statSync(join(folder, NAME)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  const pem = pemOf(generateKeyPairSync("ed25519").privateKey);
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const { privateKey } = generateKeyPairSync("ed25519");
  const locked = privateKey.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "s" });
  test.each([
    ["truncated", pem.slice(0, 60)],
    ["empty", ""],
    ["no key", "hello"],
    ["of another kind", pemOf(rsa)],
    ["kept under a passphrase", String(locked)],
  ])("that is %s is refused, named and left as it is", async (_, text) => {
    const folder = await scratchDirectory();
    writeFileSync(join(folder, NAME), text);
    expect(codeOf(() => openDevelopmentKey(folder, NAME))).toEqual({
      code: "DATA_DIRECTORY_UNUSABLE",
      message: expect.stringContaining(`${join(folder, NAME)} holds no Ed25519 private key`),
    });
    expect(readFileSync(join(folder, NAME), "utf8")).toBe(text);
  });

  test("that cannot be read is refused with the reason, and so is any secret", async () => {
    const folder = await scratchDirectory();
    mkdirSync(join(folder, NAME));
    for (const act of [openDevelopmentKey, readSecret])
      expect(codeOf(() => act(folder, NAME))).toEqual({
        code: "DATA_DIRECTORY_UNUSABLE",
        message: `${join(folder, NAME)} cannot be read: EISDIR.`,
      });
    expect(readSecret(folder, "none")).toBeNull();
    expect(codeOf(() => writeSecret(folder, NAME, pem))).toMatchObject({ code: "DATA_DIRECTORY_UNUSABLE" });
    expect(statSync(join(folder, NAME)).isDirectory()).toBe(true);
  });
});

describe("the development issuer's key", () => {
  test("is made once, for its owner alone", async () => {
    const folder = await scratchDirectory();
    const { jwks } = await openDevelopmentIssuer(folder);
    expect((await openDevelopmentIssuer(folder)).jwks).toEqual(jwks);
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    expect(statSync(join(folder, ISSUER)).mode & 0o777).toBe(0o600);
  });

  test.each(["", '{"kty":"OKP","crv":"Ed25519","x":', "{}"])(
    "that is %j is refused and left",
    async (text) => {
      const folder = await scratchDirectory();
      writeFileSync(join(folder, ISSUER), text);
      await expect(openDevelopmentIssuer(folder)).rejects.toMatchObject({
        code: "DATA_DIRECTORY_UNUSABLE",
        message: expect.stringContaining(join(folder, ISSUER)),
      });
      expect(readFileSync(join(folder, ISSUER), "utf8")).toBe(text);
    },
  );
});
