import type { GraphQLSchema } from "graphql";
import { z } from "zod";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { InternalError } from "../../shared/errors.ts";
import { type Contract, contractOf, WHOLE_API, wholeApi } from "./contract.ts";
import { compileFieldPolicies } from "./field-policy.ts";
import { compileInputPolicies } from "./input-policy.ts";
import { manifestRule } from "./manifest-rule.ts";
import { type Policy, policyOf, type Rule } from "./merge-policy.ts";
import { readSchema } from "./schema-text.ts";
import type { Supergraph } from "./supergraph.ts";
import type { SupergraphParts } from "./supergraph-parts.ts";

/** Puts a supergraph together from what was read of its SDL, in steps between which the event loop can be let go. */
export function* assembleSupergraph(parts: SupergraphParts): Generator<void, Supergraph, void> {
  const schema = yield* readSchema(parts.schema);
  yield;
  const apiSchema = yield* readSchema(parts.api);
  yield;
  const contracts = yield* readContracts(parts, apiSchema);
  const policy = yield* readPolicy(parts);
  yield;
  const fieldPolicies = yield* compileFieldPolicies(schema, policy);
  yield;
  return Object.freeze({
    hash: parts.hash,
    apiSchema,
    contracts,
    schema,
    joined: Object.freeze({ schema, joins: parts.joins }),
    costs: parts.costs,
    planningSdl: parts.planning,
    policy,
    fieldPolicies,
    inputPolicies: compileInputPolicies(schema, policy),
    subgraphs: parts.subgraphs,
  });
}

function* readContracts(
  parts: SupergraphParts,
  apiSchema: GraphQLSchema,
): Generator<void, ReadonlyMap<string, Contract>, void> {
  const contracts = new Map([[WHOLE_API, wholeApi(apiSchema)]]);
  for (const { name, schema, hidden } of parts.contracts)
    contracts.set(name, contractOf(name, yield* readSchema(schema), new Set(hidden)));
  return contracts;
}

const rules = z.array(manifestRule);

function* readPolicy(parts: SupergraphParts): Generator<void, Policy, void> {
  const found: Rule[] = [];
  for (const piece of parts.rules) {
    for (const { directive: name, ...rule } of rules.parse(JSON.parse(piece))) {
      const directive = DIRECTIVES.find((item) => item.name === name);
      if (!directive) throw new InternalError(`@${name} is no directive of this project`);
      found.push({ ...rule, directive });
    }
    yield;
  }
  return policyOf(found);
}
