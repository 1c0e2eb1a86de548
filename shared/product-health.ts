import { z } from "zod";

/** How a product is, as a registry tells gateways. */
export const productHealth = z.object({
  id: z.string(),
  version: z.string(),
  onStale: z.enum(["off", "warn", "block"]),
  /** ISO 8601, of when its data is; null where nobody knows. */
  dataAt: z.string().nullable(),
  /** Seconds that its data may be old; null where that is not promised. */
  maxAge: z.number().nullable(),
  /** Rules of quality by how they last ended. */
  quality: z.object({ passed: z.int(), failed: z.int(), errored: z.int() }),
});

export type ProductHealth = z.infer<typeof productHealth>;
