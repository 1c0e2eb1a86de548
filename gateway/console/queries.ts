/* What the console asks the catalog; each text is held to the catalog's schema by a test. */

export type Classification = "PUBLIC" | "INTERNAL" | "CONFIDENTIAL" | "RESTRICTED";

export const CLASSIFICATIONS: readonly Classification[] = [
  "PUBLIC",
  "INTERNAL",
  "CONFIDENTIAL",
  "RESTRICTED",
];

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

interface Page {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

export interface ProductCard {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly version: string;
  readonly status: string;
  readonly description: string | null;
  readonly classification: Classification | null;
  readonly tags: readonly string[];
  readonly consumerCount: number;
  readonly owner: { readonly team: string } | null;
}

export interface FieldHit {
  readonly coordinate: string;
  readonly type: string;
  readonly description: string | null;
  readonly classification: Classification | null;
  readonly product: { readonly id: string; readonly name: string };
  readonly masks: readonly { readonly summary: string }[];
}

export interface ProductList {
  readonly dataProducts: {
    readonly totalCount: number;
    readonly pageInfo: Page;
    readonly nodes: readonly ProductCard[];
    readonly facets: Readonly<
      Record<"domains" | "owners" | "classifications" | "tags", readonly FacetCount[]>
    >;
  } | null;
  readonly catalogFields?: {
    readonly totalCount: number;
    readonly nodes: readonly FieldHit[];
  } | null;
}

export const PRODUCT_LIST = /* GraphQL */ `
query ConsoleProducts($search: String, $hasSearch: Boolean!, $domain: String, $owner: String, $classification: CatalogClassification, $tag: String, $first: Int!) {
  dataProducts(search: $search, domain: $domain, owner: $owner, classification: $classification, tag: $tag, first: $first) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id name domain version status description classification tags consumerCount owner { team } }
    facets {
      domains { value count }
      owners { value count }
      classifications { value count }
      tags { value count }
    }
  }
  catalogFields(search: $search, classification: $classification, first: 8) @include(if: $hasSearch) {
    totalCount
    nodes { coordinate type description classification product { id name } masks { summary } }
  }
}`;

export interface Rule {
  readonly directive: string;
  readonly summary: string;
  readonly coordinate: string;
  readonly subgraphs: readonly string[];
  readonly reason: string | null;
}

export interface Consumer {
  readonly application: string;
  readonly versions: readonly string[];
  readonly requests: number;
  readonly lastSeen: string;
  readonly operations: readonly {
    readonly name: string;
    readonly hash: string;
    readonly requests: number;
    readonly fields: readonly string[];
  }[];
}

interface Measurement {
  readonly at: string;
  readonly value: number;
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

interface QualityResult {
  readonly at: string;
  readonly outcome: "PASSED" | "FAILED" | "ERRORED";
  readonly value: number | null;
  readonly message: string | null;
}

export interface QualityCheck {
  readonly id: string;
  readonly name: string;
  readonly coordinate: string;
  readonly summary: string;
  readonly severity: string;
  readonly results: readonly QualityResult[] | null;
}

/** What the product's pipeline asserts of a dataset that it is made from. */
export interface PipelineTest {
  readonly dataset: string;
  readonly column: string | null;
  readonly assertion: string;
  readonly reportedBy: string;
  readonly results: readonly QualityResult[];
}

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

const RULE = "directive summary coordinate subgraphs reason";
const CONSUMER = "application versions requests lastSeen operations { name hash requests fields }";
const CHECK = "id name coordinate summary severity results(last: 30) { at outcome value message }";

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

export interface FieldRow {
  readonly coordinate: string;
  readonly name: string;
  readonly parentType: string;
  readonly type: string;
  readonly description: string | null;
  readonly deprecationReason: string | null;
  readonly classification: Classification | null;
  readonly isKey: boolean;
  readonly masks: readonly { readonly summary: string }[];
  readonly requirements: readonly { readonly summary: string }[];
}

export interface FieldList {
  readonly catalogFields: {
    readonly totalCount: number;
    readonly pageInfo: Page;
    readonly nodes: readonly FieldRow[];
  } | null;
}

export const FIELD_LIST = /* GraphQL */ `
query ConsoleFields($product: ID, $search: String, $classification: CatalogClassification, $first: Int!, $after: String) {
  catalogFields(product: $product, search: $search, classification: $classification, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      coordinate name parentType type description deprecationReason classification isKey
      masks { summary }
      requirements { summary }
    }
  }
}`;

export interface Field {
  readonly coordinate: string;
  readonly type: string;
  readonly description: string | null;
  readonly deprecationReason: string | null;
  readonly classification: Classification | null;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly format: string | null;
  readonly isKey: boolean;
  readonly owner: { readonly team: string; readonly contact: string | null } | null;
  readonly product: { readonly id: string; readonly name: string; readonly contractPath: string };
  readonly masks: readonly Rule[];
  readonly requirements: readonly Rule[];
  readonly purposes: readonly Rule[];
  readonly rowFilters: readonly Rule[];
  readonly retention: readonly Rule[];
  readonly rules: readonly Rule[];
  readonly qualityChecks: readonly QualityCheck[];
  readonly consumers: readonly Consumer[] | null;
}

export const FIELD = /* GraphQL */ `
query ConsoleField($coordinate: ID!) {
  catalogField(coordinate: $coordinate) {
    coordinate type description deprecationReason classification categories tags format isKey
    owner { team contact }
    product { id name contractPath }
    masks { ${RULE} }
    requirements { ${RULE} }
    purposes { ${RULE} }
    rowFilters { ${RULE} }
    retention { ${RULE} }
    rules { ${RULE} }
    qualityChecks { ${CHECK} }
    consumers { ${CONSUMER} }
  }
}`;

export interface LineageNode {
  readonly id: string;
  readonly kind: "FIELD" | "DATASET" | "DATASET_FIELD" | "JOB";
  readonly name: string;
  readonly classification: Classification | null;
  readonly product: { readonly id: string; readonly name: string } | null;
}

export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "DIRECT" | "INDIRECT";
  readonly by: string | null;
  readonly isMasking: boolean;
  /** The domain whose word it is; null where the graph itself states it. */
  readonly reportedBy: string | null;
}

export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  readonly consumers:
    | readonly {
        readonly field: string;
        readonly application: string;
        readonly operations: readonly { readonly name: string; readonly hash: string }[];
      }[]
    | null;
  readonly isTruncated: boolean;
}

export const LINEAGE = /* GraphQL */ `
query ConsoleLineage($of: ID!, $direction: LineageDirection!, $depth: Int!) {
  lineage(of: $of, direction: $direction, depth: $depth) {
    isTruncated
    nodes { id kind name classification product { id name } }
    edges { from to kind by isMasking reportedBy }
    consumers { field application operations { name hash } }
  }
}`;
