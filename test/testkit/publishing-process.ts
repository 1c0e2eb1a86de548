import { createHash, createPrivateKey } from "node:crypto";

/**
 * A program for tests that appends generations to a registry as fast as it can until it is killed. Arguments:
 * module of the store, module of the signature, database URL, private key as PEM in base64. Prints a line once it starts.
 */
const [, , storeModule = "", signatureModule = "", databaseUrl = "", key = ""] = process.argv;
const { RegistryStore }: typeof import("../../gateway/registry/store-postgres.ts") = await import(
  storeModule
);
const { signGeneration }: typeof import("../../gateway/supergraph/signed-generation.ts") = await import(
  signatureModule
);
const store = new RegistryStore(databaseUrl);
const privateKey = createPrivateKey(Buffer.from(key, "base64").toString("utf8"));
process.stdout.write("publishing\n");
for (;;) {
  const number = (await store.latestNumber()) + 1;
  const rest = { supergraph: `# ${number} ${"x".repeat(20_000)}` };
  const hash = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
  const source = {
    name: "pet",
    sdl: `# ${number}`,
    url: "http://127.0.0.1:1/",
    product: null,
    domain: "pet",
  };
  await store.append({
    number,
    hash,
    content: JSON.stringify({ ...rest, hash }),
    signature: signGeneration(number, hash, privateKey),
    act: "publish",
    author: "pet/test",
    reason: "",
    kept: [],
    published: [source],
    changed: [],
  });
}
