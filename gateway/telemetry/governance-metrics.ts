import type { Registry } from "prom-client";
import type { AuthorisedOperation } from "../request/authorise.ts";
import type { DryRun } from "../request/dry-run.ts";
import { distinctOutcomes, type FieldVerdict } from "../request/field-outcomes.ts";
import { coordinateFacts } from "../supergraph/coordinate-facts.ts";
import { collectCounter } from "./collected-metrics.ts";

interface Cell {
  count: number;
}

/** What one request with an operation adds to the cells of products. */
type Additions = readonly { readonly cell: Cell; readonly fields: number }[];

const OUTCOMES: Readonly<Record<Exclude<FieldVerdict, "allowed">, string>> = {
  masked: "masked",
  filtered: "row_filtered",
  denied: "denied",
};

/**
 * Counts by data product what governance did to the fields that were asked for. What an operation adds is worked out
 * once per decision; a request costs a look-up and as many additions as products are concerned.
 */
export class GovernanceMetrics {
  readonly #dryRun: DryRun;
  /** By product and outcome. */
  readonly #cells = new Map<string, Map<string, Cell>>();
  readonly #known = new WeakMap<AuthorisedOperation, Additions>();

  constructor(registry: Registry, dryRun: DryRun) {
    this.#dryRun = dryRun;
    collectCounter(
      registry,
      {
        name: "dpg_governed_fields_total",
        help: "Fields of executed operations that were masked, refused, or shown in some rows only; each once per request",
        labelNames: ["product", "outcome"],
      },
      () => this.#values(),
    );
  }

  readonly count = (operation: AuthorisedOperation): void => {
    const known = this.#known.get(operation) ?? this.#learn(operation);
    for (const { cell, fields } of known) cell.count += fields;
  };

  #learn(operation: AuthorisedOperation): Additions {
    const fields = new Map<Cell, number>();
    for (const { coordinate, verdict } of distinctOutcomes(operation, this.#dryRun)) {
      if (verdict === "allowed") continue;
      const { product } = coordinateFacts(operation.variant.prepared.supergraph, coordinate);
      const cell = this.#cellOf(product?.id ?? "(none)", OUTCOMES[verdict]);
      fields.set(cell, (fields.get(cell) ?? 0) + 1);
    }
    const additions = [...fields].map(([cell, count]) => ({ cell, fields: count }));
    this.#known.set(operation, additions);
    return additions;
  }

  #cellOf(product: string, outcome: string): Cell {
    const cells = this.#cells.get(product) ?? new Map<string, Cell>();
    this.#cells.set(product, cells);
    const cell = cells.get(outcome) ?? { count: 0 };
    cells.set(outcome, cell);
    return cell;
  }

  *#values() {
    for (const [product, cells] of this.#cells)
      for (const [outcome, { count }] of cells) yield [{ product, outcome }, count] as const;
  }
}
