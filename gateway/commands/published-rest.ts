import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { descriptorSchema } from "../../shared/product-descriptor.ts";
import type { Artifact, SubgraphSource } from "../registry/compose.ts";
import { manifestRule } from "../supergraph/manifest-rule.ts";
import { askRegistry, type RegistryAccess } from "./registry-client.ts";

/** What a registry serves now: the subgraphs, and what they compose to. */
export interface Published {
  /** 0 where nothing is published. */
  readonly generation: number;
  readonly subgraphs: readonly SubgraphSource[];
  readonly artifact: Artifact | null;
}

const artifact = z.looseObject({
  supergraph: z.string(),
  governance: z.object({
    rules: z.array(manifestRule),
  }),
  products: z.array(z.object({ subgraph: z.string(), descriptor: descriptorSchema })).default([]),
  subgraphs: z.array(z.object({ name: z.string(), url: z.string(), hash: z.string() })),
  hash: z.string(),
});
const generation = z.object({ number: z.number(), artifact });
const member = z.object({
  name: z.string(),
  url: z.string(),
  sdl: z.string(),
  product: z.string().nullable().default(null),
});

/** Reads everything that is published. @throws ClientError */
export async function readPublished(access: RegistryAccess): Promise<Published> {
  const question = { method: "GET", path: "/supergraph" } as const;
  const latest = await askRegistry(access, question, generation).catch((error: unknown) => {
    if (error instanceof ClientError && error.code === "GENERATION_NOT_FOUND") return null;
    throw error;
  });
  if (latest === null) return { generation: 0, subgraphs: [], artifact: null };
  const names = latest.artifact.subgraphs.map(({ name }) => encodeURIComponent(name));
  const subgraphs = await Promise.all(
    names.map((name) => askRegistry(access, { method: "GET", path: `/subgraphs/${name}` }, member)),
  );
  return { generation: latest.number, subgraphs, artifact: latest.artifact };
}

/** The number of a generation after the known one, or null where there is none. */
export async function readNewer(access: RegistryAccess, known: number): Promise<number | null> {
  const path = `/supergraph?newerThan=${known}`;
  const newer = await askRegistry(
    access,
    { method: "GET", path },
    generation.pick({ number: true }).nullable(),
  );
  return newer?.number ?? null;
}
