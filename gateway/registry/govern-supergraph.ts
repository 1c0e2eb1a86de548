import { Supergraph as FederatedSupergraph } from "@apollo/federation-internals";
import type { DocumentNode } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { resolveLinks } from "../../shared/resolve-links.ts";
import { stripLinks } from "../../shared/strip-governance.ts";
import { effectiveRules } from "../supergraph/effective-rules.ts";
import type { Finding } from "../supergraph/finding.ts";
import type { Policy } from "../supergraph/merge-policy.ts";
import type { Application } from "../supergraph/read-applications.ts";
import { checkDependencies } from "./check-dependencies.ts";
import { addByResolver, addImplied, addInherited } from "./complete-policy.ts";
import { findOneSided } from "./find-one-sided.ts";
import { keyFields } from "./key-fields.ts";
import { lintGovernance } from "./lint-governance.ts";
import { readDependencies } from "./read-dependencies.ts";
import { readJoin } from "./read-join.ts";
import { schemaPlaces } from "./schema-places.ts";

/**
 * What can only be said of the whole: completes the merged policy with what follows from it, and finds
 * what is wrong with it (governance.md §2 rule 6, §3).
 *
 * @param supergraph as composition wrote it
 */
export function governSupergraph(
  supergraph: DocumentNode,
  merged: Policy,
  applications: readonly Application[],
): { readonly policy: Policy; readonly findings: readonly Finding[] } {
  const auth = resolveLinks(supergraph).filter(({ identity }) =>
    DIRECTIVES.some((item) => item.spec === "federation" && identity.endsWith(`/${item.name}`)),
  );
  const federated = FederatedSupergraph.build(stripLinks(supergraph, auth), { supportedFeatures: null });
  const schema = federated.schema.toGraphQLJSSchema();
  const join = readJoin(supergraph);
  const owned = addByResolver(merged, applications, join);
  // Lint sees what is written: a rule that only follows from another one does not count as protection.
  const places = schemaPlaces(schema, effectiveRules(schema, owned), join);
  const policy = addImplied(owned, places);
  const rules = effectiveRules(schema, policy);
  const dependencies = readDependencies(schema, join);
  return {
    policy: addInherited(schema, policy, dependencies),
    findings: [
      ...lintGovernance(places, policy),
      ...checkDependencies(schema, rules, dependencies),
      ...findOneSided(merged, join, keyFields(schema, join)),
    ],
  };
}
