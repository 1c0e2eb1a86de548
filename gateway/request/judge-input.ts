import { isAbstractType, isInterfaceType, isObjectType } from "graphql";
import { ALLOW, type Caller, type Verdict } from "../../shared/define-directive.ts";
import {
  combineRefusals,
  type Decision,
  type IsRehearsed,
  judge,
  type Refusal,
} from "../supergraph/field-policy.ts";
import { hiddenNames } from "../supergraph/hidden-names.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";

/** Judges the use of an argument, an input field or an enum value for one caller. */
export function judgeInput(
  supergraph: Supergraph,
  coordinate: string,
  caller: Caller,
  isRehearsed: IsRehearsed,
): Decision {
  const access = (field: string) => accessTo(supergraph, field, caller);
  const refusals: Refusal[] = [];
  let rehearsed: Decision["rehearsed"] = null;
  for (const rule of supergraph.inputPolicies.of(coordinate)) {
    const judged = rule.directive.judgeInput?.(rule.applications, caller, access) ?? ALLOW;
    if (judged.kind !== "deny") continue;
    if (isRehearsed(rule, coordinate, "deny")) rehearsed ??= { verdict: judged, rule };
    else refusals.push({ verdict: judged, rule });
  }
  const refusal = combineRefusals(refusals);
  const { verdict, rule } = refusal ?? { verdict: ALLOW, rule: null };
  return { verdict, rule, delivered: verdict, deliveredBy: rule, rehearsed };
}

type Denial = Extract<Verdict, { readonly kind: "deny" }>;

const UNKNOWN: Denial = { kind: "deny", code: "UNAUTHORIZED_FIELD_OR_TYPE", missing: [] };

/** How a caller gets a field, on whatever object; one that does not exist, or that clients do not know, is refused. */
function accessTo(supergraph: Supergraph, coordinate: string, caller: Caller): Verdict {
  const { schema, fieldPolicies } = supergraph;
  const [typeName = "", field = ""] = coordinate.split(".");
  if (!hiddenNames(supergraph).isVisible(coordinate)) return UNKNOWN;
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) return UNKNOWN;
  if (!Object.hasOwn(type.getFields(), field)) return UNKNOWN;
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  for (const { name } of [type, ...possible]) {
    const policy = fieldPolicies.of(name, field);
    const verdict = policy ? judge(policy, caller).verdict : ALLOW;
    if (verdict.kind !== "allow") return verdict;
  }
  return ALLOW;
}
