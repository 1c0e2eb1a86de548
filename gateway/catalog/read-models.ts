import type { RequestDatabase } from "../../shared/subgraph/request-database.ts";

/** How one check of quality ended. */
export interface QualityResult {
  readonly at: Date;
  readonly outcome: "PASSED" | "FAILED" | "ERRORED";
  /** What was counted or measured. */
  readonly value: number | null;
  /** Rows that were looked at. */
  readonly checked: number | null;
  readonly message: string | null;
}

/** A check by the product's id and the rule's name. */
export interface CheckAddress {
  readonly product: string;
  readonly rule: string;
}

export type ServiceLevelKind = "AVAILABILITY" | "LATENCY" | "ERROR_RATE" | "FRESHNESS";

/** How a promise is kept. */
export interface ServiceLevelStatus {
  readonly state: "MET" | "AT_RISK" | "BREACHED" | "UNKNOWN";
  /** In the unit of the promise: percent, milliseconds or seconds. */
  readonly value: number | null;
  readonly measuredAt: Date | null;
  /** 1 for all of it. */
  readonly errorBudgetRemaining: number | null;
  /** 1 for exactly as fast as allowed. */
  readonly burnRate: number | null;
  readonly message: string | null;
}

export interface Measurement {
  readonly at: Date;
  readonly value: number;
}

/** A promise by the product's id and its kind. */
export interface ServiceLevelAddress {
  readonly product: string;
  readonly kind: ServiceLevelKind;
}

/** What a pipeline asserted of a dataset, again and again. */
export interface PipelineTest {
  /** `namespace/name`. */
  readonly dataset: string;
  /** Null where the whole dataset was tested. */
  readonly column: string | null;
  readonly assertion: string;
  /** The domain whose pipeline it is. */
  readonly reportedBy: string;
  /** Newest first. */
  readonly results: readonly QualityResult[];
}

export interface TestsQuestion {
  /** Ids. */
  readonly products: readonly string[];
  /** Results of each test. */
  readonly last: number;
}

export interface LineageQuestion {
  /** A coordinate, or the id of a dataset or a job. */
  readonly of: string;
  readonly direction: "UPSTREAM" | "DOWNSTREAM" | "BOTH";
  /** Steps, 1 to 10. */
  readonly depth: number;
}

export interface LineageAnswer {
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: "FIELD" | "DATASET" | "DATASET_FIELD" | "JOB";
    readonly name: string;
    /** Id of the product that it belongs to; null: the catalog finds it for a coordinate. */
    readonly product: string | null;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly kind: "DIRECT" | "INDIRECT";
    readonly by: string | null;
    readonly isMasking: boolean;
    /** The domain whose pipeline said so; null where the graph itself does. */
    readonly reportedBy: string | null;
  }[];
  readonly isTruncated: boolean;
}

/** What measures and lineage tell the catalog; each method answers for all that one request asks at once. */
export interface ReadModels {
  /** The newest results of each check, newest first, in the order asked; null where nothing runs it. */
  readonly qualityResults: (
    checks: readonly CheckAddress[],
    last: number,
  ) => Promise<readonly (readonly QualityResult[] | null)[]>;
  /** What pipelines asserted of what products are made from, in the order asked. */
  readonly pipelineTests: (question: TestsQuestion) => Promise<readonly (readonly PipelineTest[])[]>;
  /** In the order asked; null where nothing measures it. */
  readonly serviceLevels: (
    levels: readonly ServiceLevelAddress[],
  ) => Promise<readonly (ServiceLevelStatus | null)[]>;
  /** Oldest first; in the order asked; null where nothing measures it. */
  readonly serviceLevelSeries: (
    levels: readonly ServiceLevelAddress[],
    hours: number,
  ) => Promise<readonly (readonly Measurement[] | null)[]>;
  /** Null where lineage is not known at all. */
  readonly lineage: (question: LineageQuestion) => Promise<LineageAnswer | null>;
}

/** Makes the read models of one request, which read in its snapshot. */
export type CreateReadModels = (database: Pick<RequestDatabase, "query">) => ReadModels;
