import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifact } from "../registry/compose.ts";
import { type SignedGeneration, signGeneration } from "../supergraph/signed-generation.ts";
import type { FollowOptions } from "../supergraph/watch-supergraph.ts";

/** A feed of generations that are made on this machine and signed with a key that nobody else has. */
export class LocalGenerations {
  readonly #keys = generateKeyPairSync("ed25519");
  readonly #directory = mkdtempSync(join(tmpdir(), "dpg-dev-"));
  readonly #listeners = new Set<() => void>();
  #latest: SignedGeneration | null = null;

  /** Makes an artifact the one that is followed. */
  push(artifact: Artifact): void {
    const number = (this.#latest?.number ?? 0) + 1;
    const signature = signGeneration(number, artifact.hash, this.#keys.privateKey);
    this.#latest = { number, signature, content: JSON.stringify(artifact) };
    for (const listener of this.#listeners) listener();
  }

  /** How a gateway follows them. */
  get follow(): FollowOptions {
    return {
      feed: {
        newerThan: async (number) => (this.#latest && this.#latest.number > number ? this.#latest : null),
        onNotice: (listener) => {
          this.#listeners.add(listener);
          return async () => void this.#listeners.delete(listener);
        },
      },
      publicKey: this.#keys.publicKey,
      lastGoodFile: join(this.#directory, "last-good.json"),
      pollMs: 60_000,
    };
  }

  stop(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
