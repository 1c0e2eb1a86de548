import { randomUUID } from "node:crypto";
import type { Caller } from "../../shared/define-directive.ts";
import type { SignedOperation } from "../../shared/operation-signature.ts";
import { describedOperation, OTHER_CLIENT, type UsageBatch, usageKind } from "../../shared/usage-batch.ts";
import type { ClientIdentity, OperationRequest } from "../request/handle-operation.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import { describeOperation, type OperationDescription } from "./describe-operation.ts";
import { ProductCounter, type RequestOutcome } from "./product-counter.ts";
import { type CallerKind, callerKind, count, emptyCell, otherKind, type UsageCell } from "./usage-cell.ts";

export interface RecorderOptions {
  /** Told once per prepared operation how many bytes are kept for it. */
  readonly onDescribed: (prepared: PreparedOperation, bytes: number) => void;
  /** Finds the signature of a large operation off the event loop; null where it cannot. Without it all are found on it. */
  readonly signAside?: (prepared: PreparedOperation) => Promise<SignedOperation | null>;
  /** Of one batch, roughly, as JSON; what does not fit is counted as dropped. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 2_000_000;
/** Characters of an operation that is described aside: longer ones would keep the event loop for too long. */
const LARGE = 4000;
/** Requests that are kept until their operation is described. */
const MAX_KEPT = 1000;
/** Kinds of callers told apart per operation; the others are counted together, with and without a token. */
const MAX_KINDS = 100;
const KIND_BYTES = 200;
const SCOPES_BYTES = 4000;

interface Entry {
  readonly description: OperationDescription;
  /** Of all texts with the same signature: their literals may name different input fields. */
  readonly coordinates: Set<string>;
  /** The newest of them that may be kept. */
  text: OperationDescription["text"];
  readonly cells: Map<string, UsageCell>;
}

/** What was counted since the last batch. */
interface Window {
  readonly entries: Map<string, Entry>;
  bytes: number;
  dropped: number;
}

/** Where the requests of one caller with one operation are counted. */
interface Place {
  readonly window: Window;
  readonly clientName: string;
  readonly clientVersion: string;
  /** Null where there was no room. */
  readonly cell: UsageCell | null;
}

interface Known {
  /** Null where the registry would not take it, and with it nothing else of the batch. */
  readonly description: OperationDescription | null;
  readonly places: WeakMap<Caller, Place>;
}

/**
 * Counts which application sends which operation, with what outcome. Once a caller's operation was seen, a request
 * costs two look-ups and an increment. Bounded: an operation for which there is no room is only counted as dropped,
 * and callers beyond a hundred kinds per operation are counted as `(other)`. Nothing personal: no subject, no
 * claim, no literal, no variable.
 */
export class UsageRecorder {
  readonly #onDescribed: RecorderOptions["onDescribed"];
  readonly #maxBytes: number;
  readonly #signAside: NonNullable<RecorderOptions["signAside"]> | null;
  readonly #undescribed = new Map<PreparedOperation, (() => void)[]>();
  #kept = 0;
  readonly #known = new WeakMap<PreparedOperation, Known>();
  readonly #products = new ProductCounter();
  #window = emptyWindow();

  constructor({ onDescribed, signAside, maxBytes = MAX_BYTES }: RecorderOptions) {
    this.#signAside = signAside ?? null;
    this.#onDescribed = onDescribed;
    this.#maxBytes = maxBytes;
  }

  /** Counts one answered request. */
  record(request: OperationRequest, hasErrors: boolean, milliseconds: number): void {
    const { prepared, caller, client } = request;
    const isAside = this.#signAside !== null && prepared.source.length > LARGE;
    const known = this.#known.get(prepared) ?? (isAside ? null : this.#describe(prepared));
    if (known === null) {
      this.#keep(prepared, () => this.record(request, hasErrors, milliseconds));
      return;
    }
    let place = known.places.get(caller);
    if (
      place?.window !== this.#window ||
      place.clientName !== client.name ||
      place.clientVersion !== client.version
    ) {
      place = this.#placeOf(known.description, caller, client);
      known.places.set(caller, place);
    }
    const { cell } = place;
    if (cell === null) {
      this.#window.dropped += 1;
      return;
    }
    count(cell, hasErrors, milliseconds);
  }

  /** Counts what became of one request for the products that it read; {@link record} comes first. */
  countProducts(prepared: PreparedOperation, outcome: RequestOutcome, milliseconds: number): void {
    const count = () => this.#products.count(prepared, outcome, milliseconds);
    const waiting = this.#undescribed.get(prepared);
    if (!waiting) count();
    else if (this.#kept < MAX_KEPT) {
      this.#kept += 1;
      waiting.push(count);
    }
  }

  /** What was counted since it was last asked, or null where there was nothing. */
  take(): UsageBatch | null {
    const { entries, dropped } = this.#window;
    const products = this.#products.take();
    if (entries.size === 0 && dropped === 0 && products.length === 0) return null;
    this.#window = emptyWindow();
    const operations = [...entries.values()].map(({ description, coordinates, text, cells }) => ({
      name: description.name,
      signature: description.signature,
      text,
      coordinates: [...coordinates],
      counts: [...cells.values()],
    }));
    return { id: randomUUID(), at: Date.now(), operations, products, dropped };
  }

  /** Resolves when every operation seen so far is described, and its requests are counted. */
  async settle(): Promise<void> {
    while (this.#undescribed.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Counts a request once its operation is described. */
  #keep(prepared: PreparedOperation, again: () => void): void {
    const others = this.#undescribed.get(prepared);
    if (this.#kept >= MAX_KEPT) {
      this.#window.dropped += 1;
      return;
    }
    this.#kept += 1;
    if (others) {
      others.push(again);
      return;
    }
    this.#undescribed.set(prepared, [again]);
    void this.#signAside?.(prepared).then((signed) => {
      const kept = this.#undescribed.get(prepared) ?? [];
      this.#undescribed.delete(prepared);
      this.#kept -= kept.length;
      this.#describe(prepared, signed);
      for (const count of kept) count();
    });
  }

  /** @param signed null where none could be found: the operation's requests are counted as dropped */
  #describe(prepared: PreparedOperation, signed?: SignedOperation | null): Known {
    const made = signed === null ? null : describeOperation(prepared, signed);
    if (made) this.#products.describe(prepared, made.coordinates);
    const description = describedOperation.safeParse(made).success ? made : null;
    const known = { description, places: new WeakMap<Caller, Place>() };
    this.#known.set(prepared, known);
    if (description) this.#onDescribed(prepared, 2 * sizeOf(description));
    return known;
  }

  #placeOf(description: OperationDescription | null, caller: Caller, client: ClientIdentity): Place {
    const entry = description && this.#entryOf(description);
    const cell = entry && this.#cellOf(entry, caller, client);
    return { window: this.#window, clientName: client.name, clientVersion: client.version, cell };
  }

  #entryOf(description: OperationDescription): Entry | null {
    const key = `${description.name} ${description.signature}`;
    const window = this.#window;
    const known = window.entries.get(key);
    if (known) {
      if (known.description !== description)
        for (const coordinate of description.coordinates) known.coordinates.add(coordinate);
      this.#renew(known, description.text);
      return known;
    }
    const bytes = sizeOf(description) + KIND_BYTES;
    if (window.bytes + bytes > this.#maxBytes) return null;
    window.bytes += bytes;
    const { text, coordinates } = description;
    const entry = { description, coordinates: new Set(coordinates), text, cells: new Map() };
    window.entries.set(key, entry);
    return entry;
  }

  /** Keeps the newest text, where there is room. */
  #renew(entry: Entry, text: OperationDescription["text"]): void {
    if (text === null || text === entry.text) return;
    const bytes = text.source.length - (entry.text?.source.length ?? 0);
    if (this.#window.bytes + bytes > this.#maxBytes) return;
    this.#window.bytes += bytes;
    entry.text = text;
  }

  #cellOf({ cells }: Entry, caller: Caller, client: ClientIdentity): UsageCell {
    const kind = callerKind(caller, client);
    const key = JSON.stringify(kind);
    const known = cells.get(key);
    if (known) return known;
    const bytes = KIND_BYTES + key.length;
    const hasRoom = cells.size < MAX_KINDS && this.#window.bytes + bytes <= this.#maxBytes;
    const isFit = key.length <= SCOPES_BYTES && kind.clientName !== OTHER_CLIENT;
    if (!hasRoom || !isFit || !usageKind.safeParse(kind).success) {
      const other = otherKind(kind);
      return cells.get(JSON.stringify(other)) ?? addCell(cells, other);
    }
    this.#window.bytes += bytes;
    return addCell(cells, kind);
  }
}

function addCell(cells: Map<string, UsageCell>, kind: CallerKind): UsageCell {
  const cell = emptyCell(kind);
  cells.set(JSON.stringify(kind), cell);
  return cell;
}

function sizeOf({ name, signature, coordinates, text }: OperationDescription): number {
  const texts = name.length + signature.length + (text?.source.length ?? 0);
  return texts + coordinates.reduce((sum, item) => sum + item.length + 3, 0);
}

function emptyWindow(): Window {
  return { entries: new Map(), bytes: 0, dropped: 0 };
}
