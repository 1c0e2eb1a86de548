import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";

/** REGISTRY_MEASURE_SECONDS: seconds between two rounds of measuring how promises are kept. */
export const measureSeconds = z.coerce.number().min(0.1).max(3600).default(15);

/** @throws ClientError CONFIG_INVALID */
export function readMeasureMs({ REGISTRY_MEASURE_SECONDS: text }: Environment): number {
  const { data, error } = measureSeconds.safeParse(text || undefined);
  if (data !== undefined) return 1000 * data;
  const [reason] = error?.issues ?? [];
  throw new ClientError("CONFIG_INVALID", `REGISTRY_MEASURE_SECONDS: ${reason?.message}`);
}
