import { DIRECTIVES } from "../../shared/directives/index.ts";
import type { Finding } from "../supergraph/finding.ts";
import type { Artifact } from "./compose.ts";

/**
 * Rules of changed subgraphs that tie a type to another domain's product: whose data something is decides what policies
 * are asked about, and what the audit says.
 *
 * @param changed names of the subgraphs that are published now
 * @param ownerOf the domain of a subgraph
 */
export async function foreignProducts(
  { governance }: Artifact,
  changed: readonly string[],
  ownerOf: (subgraph: string) => Promise<string>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { coordinate, directive, applications, subgraphs } of governance.rules) {
    const facts = DIRECTIVES.find(({ name }) => name === directive)?.facts;
    const concerned = subgraphs.filter((name) => changed.includes(name));
    if (!facts || concerned.length === 0) continue;
    const named = applications.flatMap((args) => facts(args).product?.domain ?? []);
    if (named.length === 0) continue;
    const owners = new Set([...subgraphs, ...(await Promise.all(subgraphs.map(ownerOf)))]);
    for (const domain of new Set(named.filter((domain) => !owners.has(domain))))
      findings.push({
        severity: "error",
        code: "PRODUCT_NOT_YOURS",
        coordinate,
        subgraphs: concerned,
        message: `@${directive} on ${coordinate} names a product of the domain ${domain}, whose subgraph does not say so.`,
        remedy: "Name your own domain; what another domain offers is for its own subgraph to say.",
      });
  }
  return findings;
}
