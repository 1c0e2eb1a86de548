import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { readProduct } from "./read-product.ts";
import { readText } from "./read-text.ts";
import { askRegistry, type RegistryAccess } from "./registry-client.ts";
import { findingList, type Outcome } from "./report.ts";

export interface SchemaOptions {
  readonly name: string;
  /** File of the SDL, `-` for standard input. */
  readonly schema: string;
  /** File of the descriptor; by default `product.yaml` beside the schema. */
  readonly product?: string;
  readonly routingUrl?: string;
  readonly reason?: string;
  readonly approve?: boolean;
  readonly acceptBreaking?: boolean;
  /** Days of recorded usage that count. */
  readonly window?: number;
  /** Percent of all requests. */
  readonly threshold?: number;
  /** The generation that the change was made for. */
  readonly expected?: number;
}

const published = z.object({
  generation: z.number(),
  hash: z.string(),
  changed: z.boolean(),
  findings: findingList,
});
const checked = z.object({ accepted: z.boolean(), code: z.string().nullable(), findings: findingList });
const member = z.object({ name: z.string(), version: z.number(), url: z.string() });

/** `dpg subgraph check`: what a publish would be told. */
export async function checkSubgraph(access: RegistryAccess, options: SchemaOptions): Promise<Outcome> {
  const path = `/subgraphs/${encodeURIComponent(options.name)}/check`;
  const data = await askRegistry(access, { method: "POST", path, body: bodyOf(options) }, checked);
  const { accepted, code, findings } = data;
  if (accepted) return { data, findings, text: `${options.name} can be published.` };
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const isKnown =
    code === "GOVERNANCE_LOOSENED" || code === "BREAKING_CHANGE" || code === "GOVERNANCE_REFUSED";
  const text = `${options.name} cannot be published: ${errors} finding${errors === 1 ? "" : "s"}.`;
  const error = new ClientError(isKnown ? code : "COMPOSITION_FAILED", text);
  return { data, findings, text: "", error };
}

/** `dpg subgraph publish`: checks, and makes it what is served. */
export async function publishSubgraph(access: RegistryAccess, options: SchemaOptions): Promise<Outcome> {
  const path = `/subgraphs/${encodeURIComponent(options.name)}`;
  const data = await askRegistry(access, { method: "PUT", path, body: bodyOf(options) }, published);
  const text = data.changed
    ? `Published ${options.name}: generation ${data.generation} is served (${data.hash.slice(0, 12)}).`
    : `Nothing changed: generation ${data.generation} has it already.`;
  return { data, findings: data.findings, text };
}

/** `dpg subgraph delete`. */
export async function deleteSubgraph(
  access: RegistryAccess,
  options: Pick<SchemaOptions, "name" | "reason" | "acceptBreaking" | "window" | "threshold">,
): Promise<Outcome> {
  const { name, reason = "", acceptBreaking = false, window, threshold } = options;
  const question = {
    method: "DELETE",
    path: `/subgraphs/${encodeURIComponent(name)}`,
    body: { reason, acceptBreaking, window, threshold },
  } as const;
  const data = await askRegistry(access, question, published);
  return {
    data,
    findings: data.findings,
    text: `Deleted ${name}: generation ${data.generation} is served without it.`,
  };
}

/** `dpg registry grant`: whose subgraph a name is. */
export async function grantSubgraph(
  access: RegistryAccess,
  { name, domain }: { readonly name: string; readonly domain: string },
): Promise<Outcome> {
  const path = `/subgraphs/${encodeURIComponent(name)}/domain`;
  await askRegistry(access, { method: "PUT", path, body: { domain } }, z.object({}));
  return { data: { name, domain }, text: `${name} is a subgraph of the domain ${domain}.` };
}

/** `dpg subgraph fetch`: the published schema. */
export async function fetchSubgraph(access: RegistryAccess, name: string): Promise<Outcome> {
  const path = `/subgraphs/${encodeURIComponent(name)}`;
  const data = await askRegistry(access, { method: "GET", path }, member.extend({ sdl: z.string() }));
  return { data, text: data.sdl };
}

/** `dpg subgraph list`. */
export async function listSubgraphs(access: RegistryAccess): Promise<Outcome> {
  const subgraphs = await askRegistry(access, { method: "GET", path: "/subgraphs" }, z.array(member));
  const text = subgraphs.map(({ name, version, url }) => `${name}\tv${version}\t${url}`).join("\n");
  return { data: { subgraphs }, text };
}

function bodyOf({
  schema,
  product: file,
  routingUrl,
  reason = "",
  approve,
  acceptBreaking,
  expected,
  window,
  threshold,
}: SchemaOptions): object {
  const product = readProduct({ schema, ...(file === undefined ? {} : { product: file }) });
  return {
    sdl: readText(schema),
    reason,
    approve: approve ?? false,
    acceptBreaking: acceptBreaking ?? false,
    window,
    threshold,
    ...(product === undefined ? {} : { product }),
    ...(routingUrl === undefined ? {} : { url: routingUrl }),
    ...(expected === undefined ? {} : { expected }),
  };
}
