/** A request of an attacker. */
export interface Attack {
  /** The case of hardening.md first. */
  readonly name: string;
  readonly send: () => AttackRequest;
  /** What may come back; 200 only where the document is no attack by itself. */
  readonly statuses: readonly number[];
}

export interface AttackRequest {
  readonly method?: "GET" | "POST";
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A list is sent in chunks, without a length. */
  readonly body?: string | Buffer | readonly Buffer[];
}

/** Statuses of what no correct client sends. */
export const REFUSED: readonly number[] = [400];

/** Texts one after the other. */
export function repeat(count: number, item: (index: number) => string, separator = " "): string {
  return Array.from({ length: count }, (_, index) => item(index)).join(separator);
}

/** A body of JSON, or a text or bytes as they are. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): AttackRequest {
  return {
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  };
}

/** A document that is posted. */
export function operation(name: string, query: () => string, statuses: readonly number[] = REFUSED): Attack {
  return { name, statuses, send: () => post({ query: query() }) };
}
