import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { type SignedGeneration, signGeneration } from "../../gateway/supergraph/signed-generation.ts";
import type { GenerationFeed } from "../../gateway/supergraph/watch-supergraph.ts";

/** Generations from memory, signed as a registry signs them. */
export interface SignedFeed {
  readonly feed: GenerationFeed;
  readonly publicKey: KeyObject;
  /** Makes this supergraph the latest generation, with what else its artifact holds, and says so. */
  readonly publish: (supergraph: string, others?: Readonly<Record<string, unknown>>) => void;
}

export function signedFeed(): SignedFeed {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  let latest: SignedGeneration | null = null;
  let notify = () => {};
  return {
    publicKey,
    feed: {
      newerThan: async (number) => {
        // What a registry does to answer is no work of the gateway's.
        await new Promise((resolve) => setImmediate(resolve));
        return latest !== null && latest.number > number ? latest : null;
      },
      onNotice: (listener) => {
        notify = listener;
        return async () => {};
      },
    },
    publish: (supergraph, others = {}) => {
      const number = (latest?.number ?? 0) + 1;
      const rest = { supergraph, ...others };
      const hash = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
      const content = JSON.stringify({ ...rest, hash });
      latest = { number, content, signature: signGeneration(number, hash, privateKey) };
      notify();
    },
  };
}
