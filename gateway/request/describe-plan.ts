import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from "@apollo/query-planner";
import { type DocumentNode, getNamedType, isCompositeType, isUnionType, parse, visit } from "graphql";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { scrubOperation } from "./scrub-operation.ts";

/** One step of a query plan, without anything that clients do not know of. */
export type PlanStep =
  | { readonly kind: "sequence" | "parallel"; readonly steps: readonly PlanStep[] }
  | FetchStep;

/** One call of a subgraph. */
export interface FetchStep {
  readonly kind: "fetch";
  readonly subgraph: string;
  /** Where in the response its data belongs: response keys, `@` for each item of a list; empty at the root. */
  readonly at: string;
  /** The fields by which entities are found; the plan holds no values of them. */
  readonly by: readonly string[];
  /** What is sent, without the values that the operation's text contains. */
  readonly operation: string;
  /** How many selected fields are left out because clients do not know them. */
  readonly hidden: number;
}

/** The plan of an operation for people, or null where no subgraph is asked. */
export interface DescribedPlan {
  readonly text: string;
  readonly steps: PlanStep;
}

/** Describes a query plan. Of hidden fields only their number is told. */
export function describePlan(
  supergraph: Supergraph,
  document: DocumentNode,
  plan: QueryPlan,
): DescribedPlan | null {
  const root = plan.node;
  if (!root || root.kind === "Subscription") return null;
  const steps = new PlanReader(supergraph, document).step(root, []);
  return steps ? { steps, text: textOf(steps, "") } : null;
}

class PlanReader {
  readonly #schema;
  /** What the client itself calls the fields of its response. */
  readonly #keys = new Set<string>(["@"]);

  constructor({ apiSchema }: Supergraph, document: DocumentNode) {
    this.#schema = apiSchema;
    visit(document, { Field: ({ alias, name }) => void this.#keys.add(alias?.value ?? name.value) });
  }

  step(node: PlanNode, path: readonly string[]): PlanStep | null {
    switch (node.kind) {
      case "Sequence":
      case "Parallel": {
        const kind = node.kind === "Sequence" ? "sequence" : "parallel";
        return { kind, steps: node.nodes.flatMap((item) => this.step(item, path) ?? []) };
      }
      case "Flatten":
        return this.step(node.node, node.path.map(String));
      case "Fetch":
        return this.#fetch(node, path);
      default:
        return null; // conditions were evaluated before, and @defer is not served
    }
  }

  #fetch(node: FetchNode, path: readonly string[]): FetchStep {
    const scrubbed = scrubOperation(this.#schema, parse(node.operation, { noLocation: true }));
    const by = new Set<string>();
    const hidden = scrubbed.hidden + this.#collectKeys(node.requires ?? [], "", by);
    return {
      kind: "fetch",
      subgraph: node.serviceName,
      at: path.map((key) => (this.#keys.has(key) ? key : "(hidden)")).join("."),
      by: [...by],
      operation: scrubbed.text,
      hidden,
    };
  }

  /** Adds the coordinates that representations consist of; the number of hidden ones. */
  #collectKeys(nodes: readonly QueryPlanSelectionNode[], type: string, into: Set<string>): number {
    let hidden = 0;
    for (const node of nodes) {
      if (node.kind === "InlineFragment") {
        hidden += this.#collectKeys(node.selections, node.typeCondition ?? type, into);
        continue;
      }
      if (node.name === "__typename") continue;
      const parent = this.#schema.getType(type);
      const field = isCompositeType(parent) && !isUnionType(parent) ? parent.getFields()[node.name] : null;
      if (!field) hidden += 1;
      else if (node.selections)
        hidden += this.#collectKeys(node.selections, getNamedType(field.type).name, into);
      else into.add(`${type}.${node.name}`);
    }
    return hidden;
  }
}

function textOf(step: PlanStep, indent: string): string {
  if (step.kind !== "fetch") {
    const inner = step.steps.map((item) => textOf(item, `${indent}  `));
    return [
      `${indent}${step.kind === "sequence" ? "one after the other" : "at the same time"}:`,
      ...inner,
    ].join("\n");
  }
  const { subgraph, at, by, operation, hidden } = step;
  const keys = by.length > 0 ? ` found by ${by.join(", ")}` : "";
  const place = at === "" ? "" : ` for ${at}`;
  const rest = hidden > 0 ? ` (and ${hidden} that clients do not know)` : "";
  const lines = operation.split("\n").map((line) => `${indent}  ${line}`);
  return [`${indent}${subgraph}${place}${keys}${rest}:`, ...lines].join("\n");
}
