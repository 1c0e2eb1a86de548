import type { GraphQLFormattedError } from "graphql";
import { explainError, isErrorCode } from "../../shared/errors.ts";
import { LONGEST_NAME } from "../../shared/longest-name.ts";
import { LATENCY_BOUNDS, type ProductTraffic } from "../../shared/usage-batch.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import { coordinateFacts } from "../supergraph/coordinate-facts.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { bucketOf } from "./usage-cell.ts";

/** How a request ended. */
export type RequestOutcome =
  | { readonly kind: "answered"; readonly errors: readonly GraphQLFormattedError[] }
  /** It was refused before anything was asked: no product is to blame. */
  | { readonly kind: "refused" }
  | { readonly kind: "failed" };

interface Product {
  readonly id: string;
  readonly domain: string;
}

interface Cell {
  requests: number;
  errors: number;
  failures: number;
  readonly latency: number[];
}

/** Products that one batch tells apart; a mesh has hundreds. */
const MAX_PRODUCTS = 5000;

/** Counts how requests fare with the data products that they read: a look-up and some increments a request. */
export class ProductCounter {
  readonly #products = new WeakMap<PreparedOperation, readonly Product[]>();
  #cells = new Map<string, Cell>();

  /** Remembers which products an operation reads; none whose id is too long: no registry takes it, nor what comes with it. */
  describe(prepared: PreparedOperation, coordinates: readonly string[]): void {
    const products = productsOf(prepared.supergraph, coordinates);
    this.#products.set(
      prepared,
      products.filter(({ id }) => id.length <= LONGEST_NAME),
    );
  }

  count(prepared: PreparedOperation, outcome: RequestOutcome, milliseconds: number): void {
    const products = this.#products.get(prepared);
    if (!products || products.length === 0 || outcome.kind === "refused") return;
    for (const product of products) {
      const cell = this.#cellOf(product.id);
      if (!cell) continue;
      cell.requests += 1;
      const bucket = bucketOf(milliseconds);
      cell.latency[bucket] = (cell.latency[bucket] ?? 0) + 1;
      if (outcome.kind === "answered" && outcome.errors.length === 0) continue;
      const blame = blameOf(product, outcome);
      if (blame !== "none") cell.errors += 1;
      if (blame === "failure") cell.failures += 1;
    }
  }

  /** What was counted since it was last asked. */
  take(): ProductTraffic[] {
    const counted = [...this.#cells].map(([product, cell]) => ({ product, ...cell }));
    this.#cells = new Map();
    return counted;
  }

  #cellOf(id: string): Cell | undefined {
    const known = this.#cells.get(id);
    if (known || this.#cells.size >= MAX_PRODUCTS) return known;
    const latency = Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0);
    const cell = { requests: 0, errors: 0, failures: 0, latency };
    this.#cells.set(id, cell);
    return cell;
  }
}

/** The products that fields belong to, each once. */
export function productsOf(supergraph: Supergraph, coordinates: readonly string[]): readonly Product[] {
  const fields = coordinates.filter((coordinate) => /^\w+\.\w+$/.test(coordinate));
  const found = fields.flatMap((coordinate) => coordinateFacts(supergraph, coordinate).product ?? []);
  return [...new Map(found.map(({ id, domain }) => [id, { id, domain }])).values()];
}

/** What of an answer's errors is the product's: a caller that is refused has met no fault of it. */
function blameOf({ domain }: Product, outcome: RequestOutcome): "none" | "error" | "failure" {
  if (outcome.kind !== "answered") return "failure";
  const own = outcome.errors.filter(({ extensions }) => {
    const service = extensions?.service;
    return typeof service === "string"
      ? service === domain || service.startsWith(`${domain}-`)
      : statusOf(extensions?.code) === 500;
  });
  if (own.some(({ extensions }) => statusOf(extensions?.code) >= 500)) return "failure";
  return own.length > 0 ? "error" : "none";
}

function statusOf(code: unknown): number {
  return typeof code === "string" && isErrorCode(code) ? explainError(code).status : 200;
}
