import { z } from "zod";
import { askRegistry, type RegistryAccess } from "./registry-client.ts";
import type { Outcome } from "./report.ts";

const fetched = z.object({
  number: z.number(),
  signature: z.string(),
  artifact: z.looseObject({ supergraph: z.string() }),
});
const entries = z.array(
  z.object({
    number: z.number(),
    hash: z.string(),
    act: z.string(),
    author: z.string(),
    reason: z.string(),
    createdAt: z.string(),
    subgraphs: z.array(z.object({ name: z.string(), version: z.number() })),
  }),
);

/** `dpg supergraph fetch`: the SDL that is served, or that a generation served; `artifact` for all of it. */
export async function fetchSupergraph(
  access: RegistryAccess,
  { generation, artifact }: { readonly generation?: number; readonly artifact: boolean },
): Promise<Outcome> {
  const path = generation === undefined ? "/supergraph" : `/supergraph?generation=${generation}`;
  const data = await askRegistry(access, { method: "GET", path }, fetched);
  return { data, text: artifact ? JSON.stringify(data.artifact, null, 2) : data.artifact.supergraph };
}

/** `dpg supergraph history`, newest first. */
export async function supergraphHistory(access: RegistryAccess, limit: number): Promise<Outcome> {
  const path = `/history?limit=${limit}`;
  const history = await askRegistry(access, { method: "GET", path }, entries);
  const lines = history.map(({ number, hash, act, author, reason, createdAt }) =>
    [number, createdAt, act, author, hash.slice(0, 12), reason].join("\t"),
  );
  return { data: { history }, text: lines.join("\n") };
}

/** `dpg supergraph rollback`: serves again what a generation served. */
export async function rollBackSupergraph(
  access: RegistryAccess,
  body: { readonly generation: number; readonly reason: string },
): Promise<Outcome> {
  const done = z.object({ generation: z.number(), hash: z.string() });
  const data = await askRegistry(access, { method: "POST", path: "/rollback", body }, done);
  const text = `Generation ${data.generation} is served; its content is that of generation ${body.generation}.`;
  return { data, text };
}

/** `dpg registry key`: the public key, PEM; pin it where gateways follow the registry. */
export async function registryKey(access: RegistryAccess): Promise<Outcome> {
  const data = await askRegistry(
    access,
    { method: "GET", path: "/key" },
    z.object({ publicKey: z.string() }),
  );
  return { data, text: data.publicKey };
}
