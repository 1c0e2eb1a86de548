import type { RowRequest } from "../../shared/define-directive.ts";
import type { RowCheck } from "./operation-shape.ts";

/** Whether an object of merged data passes a check. */
export type JudgeRow = (check: RowCheck, object: Readonly<Record<string, unknown>>) => boolean;

/** Binds row rules to one request, each once, when it is first needed. */
export function createJudgeRow(request: RowRequest): JudgeRow {
  const bound = new Map<string, (value: unknown) => boolean>();
  return ({ key, rule }, object) => {
    const holds = bound.get(rule.key) ?? rule.bind(request);
    bound.set(rule.key, holds);
    return holds(object[key]);
  };
}
