import { createHash } from "node:crypto";
import type { Change } from "./check.ts";
import type { Actor } from "./deploy-tokens.ts";
import type { RegistryStore } from "./store-postgres.ts";

/** One text of a subgraph that the governance team may have approved. */
interface ApprovedText {
  readonly name: string;
  /** SHA-256 of the SDL, lower-case hex. */
  readonly sdlHash: string;
}

/**
 * The governance team's consent to texts that loosen rules: for exactly this text, as the next change of its subgraph. Whatever else
 * is published of it first, or a roll-back, ends the consent: it would be compared with something that nobody looked at.
 */
export class Approvals {
  readonly #store: RegistryStore;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  /** Approves each of the texts, and records that. */
  async give(actor: Actor, changes: readonly Change[]): Promise<void> {
    for (const { name, sdlHash } of approvable(changes)) {
      await this.#store.approve(name, sdlHash, actor.id);
      await this.#store.recordAct({ actor: actor.id, verb: "approve", subject: name, outcome: "done" });
    }
  }

  /** Whether all of the texts are approved. */
  async cover(changes: readonly Change[]): Promise<boolean> {
    const texts = approvable(changes);
    const all = await Promise.all(texts.map(({ name, sdlHash }) => this.#store.isApproved(name, sdlHash)));
    return all.length > 0 && all.every(Boolean);
  }
}

/** What an approval of changes is for. */
function approvable(changes: readonly Change[]): readonly ApprovedText[] {
  return changes.map(({ name, source }) => ({
    name,
    sdlHash: createHash("sha256")
      .update(source?.sdl ?? "", "utf8")
      .digest("hex"),
  }));
}
