import { CONSUMER, type Consumer } from "./consumer.ts";
import type { ProductCard } from "./product-list.ts";
import { CHECK, type QualityCheck, type QualityResult } from "./quality-check.ts";
import { RULE, type Rule } from "./rule.ts";

export interface Product extends Omit<ProductCard, "owner" | "consumerCount"> {
  readonly purpose: string | null;
  readonly usage: string | null;
  readonly limitations: string | null;
  readonly license: string | null;
  readonly subgraph: string;
  readonly updatedAt: string;
  readonly owner: { readonly team: string; readonly contact: string | null } | null;
  readonly support: readonly { readonly channel: string; readonly url: string }[] | null;
  readonly inputPorts: readonly {
    readonly source: string;
    readonly description: string;
    readonly product: { readonly id: string; readonly name: string } | null;
  }[];
  readonly outputPorts: readonly { readonly type: string; readonly description: string | null }[];
  readonly roles: readonly {
    readonly name: string;
    readonly access: string;
    readonly description: string | null;
    readonly scopes: readonly string[];
  }[];
  readonly rules: readonly Rule[];
  readonly serviceLevels: readonly ServiceLevel[];
  readonly qualityChecks: readonly QualityCheck[];
  /** Null where the caller may not see them. */
  readonly pipelineTests: readonly PipelineTest[] | null;
  readonly consumers: readonly Consumer[] | null;
  readonly versions: readonly {
    readonly version: string;
    readonly generation: number;
    readonly publishedAt: string;
    readonly author: string | null;
    readonly reason: string | null;
  }[];
  readonly changes: readonly {
    readonly kind: "ADDED" | "REMOVED" | "CHANGED";
    readonly coordinate: string;
    readonly summary: string;
    readonly generation: number;
    readonly at: string;
  }[];
  readonly contractPath: string;
  readonly productPath: string;
}

export interface ServiceLevel {
  readonly kind: string;
  readonly objective: string;
  readonly target: number;
  readonly status: {
    readonly state: "MET" | "AT_RISK" | "BREACHED" | "UNKNOWN";
    readonly value: number | null;
    readonly errorBudgetRemaining: number | null;
    readonly message: string | null;
  } | null;
  readonly series: readonly Measurement[] | null;
}

interface Measurement {
  readonly at: string;
  readonly value: number;
}

/** What the product's pipeline asserts of a dataset that it is made from. */
export interface PipelineTest {
  readonly dataset: string;
  readonly column: string | null;
  readonly assertion: string;
  readonly reportedBy: string;
  readonly results: readonly QualityResult[];
}

export const PRODUCT = /* GraphQL */ `
query ConsoleProduct($id: ID!) {
  dataProduct(id: $id) {
    id name domain version status description purpose usage limitations license classification tags subgraph updatedAt
    owner { team contact }
    support { channel url }
    inputPorts { source description product { id name } }
    outputPorts { type description }
    roles { name access description scopes }
    rules { ${RULE} }
    serviceLevels {
      kind objective target
      status { state value errorBudgetRemaining message }
      series(hours: 24) { at value }
    }
    qualityChecks { ${CHECK} }
    pipelineTests(last: 30) { dataset column assertion reportedBy results { at outcome value message } }
    consumers { ${CONSUMER} }
    versions { version generation publishedAt author reason }
    changes(last: 20) { kind coordinate summary generation at }
    contractPath productPath
  }
}`;
