import type * as Cedar from "@cedar-policy/cedar-wasm/nodejs";
import { ClientError } from "../../shared/errors.ts";
import type { PolicyQuestion } from "../request/evaluate-policies.ts";
import { type CedarCall, cedarCall } from "./cedar-call.ts";

/** One policy as its file has it. */
export interface PolicyText {
  /** The name that schemas use. */
  readonly name: string;
  readonly text: string;
}

/** A set of Cedar policies: takes over a new one as a whole or not at all. */
export interface CedarPolicies {
  readonly names: () => readonly string[];
  /**
   * True where the policy permits for each product, false where it does not.
   *
   * @throws Error where there is no such policy, or it could not be evaluated in full
   */
  readonly decide: (question: PolicyQuestion) => boolean;
  /** @throws ClientError POLICY_INVALID that names file, line and column; the set before stays */
  readonly replace: (policies: readonly PolicyText[]) => void;
}

/**
 * Loads the Cedar engine, which is 4 MB, when policies are wanted and not before.
 *
 * @param now the moment of a request, in milliseconds since the epoch; tests of policies set it
 */
export async function createCedarPolicies(
  policies: readonly PolicyText[],
  now: () => number = Date.now,
): Promise<CedarPolicies> {
  const cedar = await import("@cedar-policy/cedar-wasm/nodejs");
  let active: ReadonlyMap<string, string> = new Map();
  // The engine keeps parsed sets by id and lets none go; two alternating families of ids bound what it keeps.
  let family = 0;
  const replace = (texts: readonly PolicyText[]) => {
    for (const policy of texts) refuseInvalid(cedar, policy);
    family = 1 - family;
    for (const { name, text } of texts)
      cedar.preparsePolicySet(`${family}/${name}`, { staticPolicies: text });
    active = new Map(texts.map(({ name }) => [name, `${family}/${name}`]));
  };
  replace(policies);
  return {
    names: () => [...active.keys()],
    decide: (question) => {
      const preparsedPolicySetId = active.get(question.policy);
      if (preparsedPolicySetId === undefined) throw new Error("there is no policy of that name");
      if (question.products.length === 0) throw new Error("no schema names the policy");
      return question.products.every((product) =>
        permits(cedar, preparsedPolicySetId, cedarCall(question, product, now())),
      );
    },
    replace,
  };
}

/**
 * A policy that fails halfway is left out of Cedar's decision, so that a `forbid` that cannot be evaluated would
 * not forbid: any error counts as a failure of the whole.
 */
function permits(cedar: typeof Cedar, preparsedPolicySetId: string, call: CedarCall): boolean {
  const answer = cedar.statefulIsAuthorized({ ...call, preparsedPolicySetId });
  if (answer.type === "failure") throw new Error(messageOf(answer.errors));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) throw new Error(messageOf(diagnostics.errors.map(({ error }) => error)));
  return decision === "allow";
}

function messageOf(errors: readonly Cedar.DetailedError[]): string {
  return errors[0]?.message ?? "the policy could not be evaluated";
}

function refuseInvalid(cedar: typeof Cedar, { name, text }: PolicyText): void {
  const answer = cedar.checkParsePolicySet({ staticPolicies: text });
  if (answer.type === "success" && text.trim() !== "") return;
  const error = answer.type === "failure" ? answer.errors[0] : undefined;
  const before = text.slice(0, error?.sourceLocations?.[0]?.start ?? 0).split("\n");
  const place = `${name}.cedar:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  const expected = error?.sourceLocations?.[0]?.label;
  const reason = error ? `${error.message}${expected ? ` (${expected})` : ""}` : "the file holds no policy";
  throw new ClientError("POLICY_INVALID", `${place}: ${reason}`);
}
