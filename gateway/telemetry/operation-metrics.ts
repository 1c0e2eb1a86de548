import type { Registry } from "prom-client";
import { isErrorCode } from "../../shared/errors.ts";
import { printable } from "../../shared/printable.ts";
import type { AnsweredRequest } from "../http/request-observer.ts";
import type { ClientIdentity } from "../request/handle-operation.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import { collectCounter, collectDurations, Durations } from "./collected-metrics.ts";
import { type Series, TopSeries } from "./top-series.ts";

/** The requests of one operation and one client. */
interface Requests extends Series {
  readonly durations: Durations;
  failed: number;
  /** As estimated before execution. */
  cost: number;
  /** By code. */
  readonly errors: Map<string, number>;
}

/** Pairs of operation and client that have series of their own. */
const MAX_PAIRS = 200;
const OTHER = "(other)";
/** Characters of a name. */
const NAME = 100;

/**
 * Counts GraphQL requests by operation and client. A request whose operation came from the same client as the one
 * before costs a look-up and a few additions; labels are made when somebody asks for the metrics.
 */
export class OperationMetrics {
  readonly #top = new TopSeries<Requests>(MAX_PAIRS, [OTHER, OTHER], createRequests);
  /** The series that a prepared operation was counted in last, and for which client. */
  readonly #latest = new WeakMap<PreparedOperation, { client: string; requests: Requests }>();
  readonly #statuses = new Map<number, number>();

  constructor(registry: Registry) {
    const labelNames = ["operation", "client"];
    collectDurations(
      registry,
      { name: "dpg_operation_duration_seconds", help: "GraphQL requests by how long they took", labelNames },
      () => {
        this.#top.age();
        return this.#pairs((requests) => requests.durations);
      },
    );
    collectCounter(
      registry,
      {
        name: "dpg_operation_failed_total",
        help: "GraphQL requests that were answered with errors",
        labelNames,
      },
      () => this.#pairs((requests) => requests.failed),
    );
    collectCounter(
      registry,
      { name: "dpg_operation_cost_total", help: "Estimated cost of authorised GraphQL requests", labelNames },
      () => this.#pairs((requests) => requests.cost),
    );
    collectCounter(
      registry,
      {
        name: "dpg_operation_errors_total",
        help: "Errors in answers to GraphQL requests",
        labelNames: ["operation", "code"],
      },
      () => this.#errors(),
    );
    collectCounter(
      registry,
      {
        name: "dpg_graphql_responses_total",
        help: "Answers to GraphQL requests by HTTP status",
        labelNames: ["status"],
      },
      () => [...this.#statuses].map(([status, count]) => [{ status: String(status) }, count] as const),
    );
  }

  record({ prepared, client, status, milliseconds, errors }: AnsweredRequest): void {
    const requests = this.#requestsOf(prepared, client?.name ?? "");
    requests.recent += 1;
    requests.durations.add(milliseconds);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (errors.length === 0) return;
    requests.failed += 1;
    for (const { extensions } of errors) {
      const code = codeLabel(extensions?.code);
      requests.errors.set(code, (requests.errors.get(code) ?? 0) + 1);
    }
  }

  charge(prepared: PreparedOperation, client: ClientIdentity, cost: number): void {
    this.#requestsOf(prepared, client.name).cost += cost;
  }

  #requestsOf(prepared: PreparedOperation | null, client: string): Requests {
    if (prepared === null) return this.#top.of("(none)", nameOf(client));
    const latest = this.#latest.get(prepared);
    if (latest?.client === client && latest.requests.isKept) return latest.requests;
    const requests = this.#top.of(nameOf(prepared.operation.name?.value ?? ""), nameOf(client));
    if (latest) Object.assign(latest, { client, requests });
    else this.#latest.set(prepared, { client, requests });
    return requests;
  }

  *#pairs<Value>(read: (requests: Requests) => Value) {
    for (const requests of this.#top.all()) {
      const [operation = "", client = ""] = requests.names;
      yield [{ operation, client }, read(requests)] as const;
    }
  }

  *#errors() {
    const found = new Map<string, Map<string, number>>();
    for (const {
      names: [operation = ""],
      errors,
    } of this.#top.all()) {
      const codes = found.get(operation) ?? new Map<string, number>();
      found.set(operation, codes);
      for (const [code, count] of errors) codes.set(code, (codes.get(code) ?? 0) + count);
    }
    for (const [operation, codes] of found)
      for (const [code, count] of codes) yield [{ operation, code }, count] as const;
  }
}

function createRequests(names: readonly string[]): Requests {
  return {
    names,
    isKept: true,
    recent: 0,
    durations: new Durations(),
    failed: 0,
    cost: 0,
    errors: new Map(),
  };
}

function nameOf(text: string): string {
  return text === "" ? "(unnamed)" : printable(text, NAME);
}

/** Subgraphs choose their codes; those that nobody knows are counted together. */
function codeLabel(code: unknown): string {
  return typeof code === "string" && isErrorCode(code) ? code : OTHER;
}
