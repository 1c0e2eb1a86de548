import type { GraphQLFormattedError } from "graphql";
import type { ExecutionResult } from "../execution/executor.ts";
import type { RuleNotice } from "../supergraph/field-policy.ts";
import type { AuthorisedOperation } from "./authorise.ts";

/** What the client gets: the parts of a GraphQL response, `data` already as JSON text. */
export interface OperationResponse {
  /** HTTP status; field errors travel in a 200. */
  readonly status: number;
  /** JSON text of `data`; the text `null` where nothing is left. */
  readonly dataText: string;
  readonly errors: readonly GraphQLFormattedError[];
  readonly extensions: Readonly<Record<string, unknown>> | null;
}

export type ErrorLocation = "response" | "extensions" | "off";

/** Joins what was refused and what was executed (governance.md §2 rules 14 to 16). */
export function respond(
  operation: AuthorisedOperation,
  result: ExecutionResult,
  location: ErrorLocation,
): OperationResponse {
  const { denials, notices } = operation;
  const extensions = {
    ...(location === "extensions" && denials.length > 0 ? { authorizationErrors: denials } : {}),
    ...(notices.length > 0 ? { warnings: notices.map(warning) } : {}),
  };
  return {
    status: 200,
    dataText: result.dataText,
    errors: location === "response" ? [...denials, ...result.errors] : result.errors,
    extensions: Object.keys(extensions).length > 0 ? extensions : null,
  };
}

function warning({ code, coordinate, message, details }: RuleNotice) {
  return { code, coordinate, message, ...details };
}

/** The answer of reject mode: nothing of the operation is run (governance.md §2 rule 16, §6). */
export function reject(operation: AuthorisedOperation, isAnonymous: boolean): OperationResponse {
  return {
    status: isAnonymous ? 401 : 403,
    dataText: "null",
    errors: operation.denials,
    extensions: null,
  };
}

/** The answer where authorisation left nothing to ask any subgraph. */
export const NOTHING_LEFT: ExecutionResult = Object.freeze({ dataText: "null", errors: [] });
