import { type FieldNode, TypeInfo, visit, visitWithTypeInfo } from "graphql";
import { noticesOf, type RuleNotice } from "../supergraph/field-policy.ts";
import type { OperationVariant } from "./choose-variant.ts";
import { tellable } from "./tellable.ts";

/** What the client should know of the fields it gets and of the inputs it uses, each once. */
export function collectNotices(
  { prepared, document, inputs }: OperationVariant,
  withheld: ReadonlySet<FieldNode>,
): readonly RuleNotice[] {
  const { schema, fieldPolicies, inputPolicies } = prepared.supergraph;
  const found = new Map<string, RuleNotice>();
  const add = (notice: RuleNotice) => {
    if (!prepared.contract.shows(notice.coordinate)) return;
    found.set(`${notice.coordinate} ${notice.code}`, { ...notice, ...tellable(prepared, notice) });
  };
  const types = new TypeInfo(schema);
  const visitor = {
    Field: (node: FieldNode) => {
      if (withheld.has(node)) return false;
      const parent = types.getParentType();
      const policy = parent ? fieldPolicies.of(parent.name, node.name.value) : null;
      for (const notice of policy?.notices ?? []) add(notice);
      for (const input of inputs.get(node) ?? [])
        for (const notice of inputPolicies.of(input).flatMap(noticesOf)) add(notice);
      return undefined;
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return [...found.values()];
}
