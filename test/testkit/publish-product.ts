import type { ProductDescriptor } from "../../shared/product-descriptor.ts";
import type { TestRegistry } from "./start-registry.ts";

/** A descriptor with the parts that a test is about. */
export function descriptorOf(
  id: string,
  parts: Partial<Record<keyof ProductDescriptor, unknown>> = {},
): string {
  const [domain = ""] = id.split(".");
  const { serviceLevels, ...rest } = parts;
  return JSON.stringify({
    id,
    domain,
    name: id,
    version: "1.2.3",
    status: "ACTIVE",
    description: "Things.",
    purpose: "Tests.",
    owner: { team: domain, contact: `${domain}@example.com` },
    outputPorts: [{ type: "Order", description: "A thing." }],
    serviceLevels: {
      availability: 99,
      latencyP95Ms: 100,
      freshness: "PT1H",
      deprecationNotice: "P90D",
      ...(typeof serviceLevels === "object" ? serviceLevels : {}),
    },
    terms: { usage: "Free.", limitations: "None." },
    ...rest,
  });
}

/** Publishes products whose type is `Order`; `body` adds fields, `directives` rules to it. */
export async function publishProduct(
  { registry }: Pick<TestRegistry, "registry">,
  product: string,
  body = "total: Float",
  directives = "",
): Promise<void> {
  const sdl = `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@lineage", "@mask", "@classification", "@rowFilter"])
  type Query { order(id: ID!): Order }
  type Order @key(fields: "id") ${directives} { id: ID! ${body} }`;
  const source = { sdl, url: "http://127.0.0.1:1/graphql", product };
  const actor = { id: "order/test", domain: "order" };
  await registry.publish({ actor, changes: [{ name: "order", source }], reason: "test" });
}
