import { z } from "zod";

/** A rule as artifacts and generations carry it: arguments as they were written, the directive by its name. */
export const manifestRule = z.object({
  coordinate: z.string(),
  directive: z.string(),
  applications: z.array(z.unknown()),
  subgraphs: z.array(z.string()),
  reason: z.string().nullable(),
});
