import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { SignedGeneration } from "./signed-generation.ts";

const stored = z.object({ number: z.int().positive(), content: z.string(), signature: z.string() });

/** The generation kept in a file, or null where there is none that can be read. Its signature is still to be checked. */
export function readLastGood(file: string): SignedGeneration | null {
  try {
    return stored.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

/** Keeps a generation for starts without the registry. Written beside and renamed: always one whole generation. */
export async function writeLastGood(
  file: string,
  { number, content, signature }: SignedGeneration,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ number, content, signature }), { mode: 0o600, flush: true });
  await rename(draft, file);
}
