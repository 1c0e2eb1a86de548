import type { Classification } from "../../../shared/classification-levels.ts";
import { CONSUMER, type Consumer } from "./consumer.ts";
import { CHECK, type QualityCheck } from "./quality-check.ts";
import { RULE, type Rule } from "./rule.ts";

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
