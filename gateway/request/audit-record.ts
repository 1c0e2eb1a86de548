/** One governed delivery, or its refusal, as it is kept. It holds no value that was delivered, and no token. */
export interface AuditRecord {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly requestId: string;
  /** Who: claim `sub` and `iss`; null for an anonymous caller. */
  readonly subject: string | null;
  readonly issuer: string | null;
  /** The application, from a verified claim or as it names itself; empty where it does not. */
  readonly client: string;
  readonly clientVersion: string;
  readonly purpose: string | null;
  readonly operation: string | null;
  readonly operationKind: "query" | "mutation";
  /** SHA-256 of the operation's text, lower-case hex. */
  readonly operationHash: string;
  readonly coordinate: string;
  /** Id of the data product, if the coordinate belongs to one. */
  readonly product: string | null;
  readonly classification: string | null;
  readonly decision: AuditDecision;
  /** The strategy by which the values were masked. */
  readonly mask: string | null;
  /** What decided, for people. */
  readonly rule: string;
  /** How many values were delivered. */
  readonly count: number;
  /** Keys of the entities that the values belong to; see {@link isComplete}. */
  readonly entities: readonly string[];
  /** False where there were more entities than are listed, or some without a key. */
  readonly isComplete: boolean;
}

/** `withheld`: it would have been delivered, but its record could not be written. */
export type AuditDecision = "allow" | "mask" | "deny" | "withheld";

/** Where records go. */
export interface AuditLog {
  /**
   * Takes all records or none of them.
   *
   * @param mustBeDurable wait until they survive the end of this process and of the machine
   * @returns null where there is nothing to wait for; a promise that rejects where the records cannot be kept
   */
  readonly append: (records: readonly AuditRecord[], mustBeDurable: boolean) => Promise<void> | null;
}
