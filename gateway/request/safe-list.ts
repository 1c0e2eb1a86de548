import { ClientError } from "../../shared/errors.ts";
import { ANY_CLIENT, type ListedOperations, operationHash } from "../../shared/listed-operations.ts";
import type { ClientIdentity, OperationRequest } from "./handle-operation.ts";
import type { PreparedOperation } from "./prepare-operation.ts";

export interface SafeListOptions {
  /** `log`: answer what is not listed, and tell of it. */
  readonly mode: "log" | "enforce";
  /** Told of each operation and application that is not listed, at most once while there is room to remember it. */
  readonly onUnlisted: (unlisted: {
    readonly client: string;
    /** Whether a token names it. */
    readonly isVerified: boolean;
    readonly hash: string;
    readonly name: string | null;
  }) => void;
}

/** Unlisted operations that are remembered as told of. */
const MAX_TOLD = 1000;

/**
 * The operations that are answered, by the SHA-256 of their texts; those of an application only to that one, as its
 * verified token names it. Whoever only claims a name gets those of all.
 */
export class SafeList {
  readonly #options: SafeListOptions;
  readonly #hashes = new WeakMap<PreparedOperation, string>();
  readonly #told = new Set<string>();
  #texts: ReadonlyMap<string, string> = new Map();
  /** As `client hash`. */
  #listed: ReadonlySet<string> = new Set();

  constructor(options: SafeListOptions) {
    this.#options = options;
  }

  /** Takes the place of what was listed before. */
  replace({ operations }: Pick<ListedOperations, "operations">): void {
    const texts = new Map<string, string>();
    const listed = new Set<string>();
    for (const { client, body } of operations) {
      const hash = operationHash(body);
      texts.set(hash, body);
      listed.add(`${client} ${hash}`);
    }
    this.#texts = texts;
    this.#listed = listed;
  }

  /** The text of a listed operation. @param id its hash, with or without `sha256:` before it */
  textOf(id: string): string | undefined {
    return this.#texts.get(id.startsWith("sha256:") ? id.slice(7) : id);
  }

  /**
   * Refuses a text that is listed for nobody, before it is parsed.
   *
   * @throws ClientError OPERATION_NOT_LISTED
   */
  admitText(text: string): void {
    if (this.#options.mode === "log") return;
    const hash = operationHash(text);
    if (!this.#texts.has(hash)) throw notListed(hash);
  }

  /** @throws ClientError OPERATION_NOT_LISTED for an operation that is not listed for the application that sends it */
  admit({ prepared, client }: OperationRequest): void {
    const hash = this.#hashes.get(prepared) ?? operationHash(prepared.source);
    this.#hashes.set(prepared, hash);
    if (this.#listed.has(`${ANY_CLIENT} ${hash}`)) return;
    if (client.isVerified && this.#listed.has(`${client.name} ${hash}`)) return;
    this.#tell(client, hash, prepared.operation.name?.value ?? null);
    if (this.#options.mode === "enforce") throw notListed(hash);
  }

  #tell({ name: client, isVerified }: ClientIdentity, hash: string, name: string | null): void {
    // Of claimed names the first is told: there may be any number of them.
    const key = isVerified ? `${client.slice(0, 200)} ${hash}` : hash;
    if (this.#told.has(key) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(key);
    this.#options.onUnlisted({ client: client.slice(0, 200), isVerified, hash, name });
  }
}

function notListed(hash: string): ClientError {
  return new ClientError("OPERATION_NOT_LISTED", "Only operations that were published are answered here.", {
    hash,
  });
}
