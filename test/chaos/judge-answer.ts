import { isErrorCode } from "../../shared/errors.ts";
import { CANARY } from "../testkit/faults.ts";

/** What a caller of the soak may see. */
export interface Entitlement {
  readonly owners: readonly string[];
  /** Whether e-mail addresses come as they are. */
  readonly clear: boolean;
}

/** What was answered, and what is due: all of it, or null with an error that has a code. */
export interface SoakedAnswer {
  readonly status: number;
  readonly text: string;
  /** The root field's value as it has to be. */
  readonly due: unknown;
}

/** What a query for all rows has to answer to a caller. */
export function dueRows({ owners, clear }: Entitlement): unknown {
  return owners.map((owner) => ({ owner, email: `${clear ? owner : "***"}@example.com` }));
}

/** What is wrong with an answer, or null. */
export function judgeAnswer({ status, text, due }: SoakedAnswer): string | null {
  const answer = read(text);
  if (answer === null) return `status ${status} with a body that is no answer: ${text.slice(0, 200)}`;
  if (text.includes(CANARY)) return `a subgraph's insides: ${text.slice(0, 200)}`;
  const { data, errors = [] } = answer;
  const untyped = errors.find(({ extensions }) => !isErrorCode(String(extensions?.code)));
  if (untyped) return `an error without a code of ours: ${JSON.stringify(untyped)}`;
  if (errors.length === 0 && status !== 200) return `status ${status} without an error`;
  const values = Object.values(data ?? {});
  const isWhole = values.length === 1 && isSame(values[0], due);
  const isRefused = errors.length > 0 && values.every((value) => value === null);
  return isWhole || isRefused ? null : `${JSON.stringify(due)} was due, not ${text.slice(0, 300)}`;
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
}

function read(text: string): Answer | null {
  try {
    const answer: Answer | string | null = JSON.parse(text);
    const isAnswer =
      typeof answer === "object" && answer !== null && ("data" in answer || "errors" in answer);
    return isAnswer ? answer : null;
  } catch {
    return null;
  }
}

function isSame(value: unknown, due: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(due);
}
