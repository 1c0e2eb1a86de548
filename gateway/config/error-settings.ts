import { z } from "zod";

/** What clients are told of errors. */
export const errors = (production: boolean) =>
  z
    .strictObject({
      /** Whose own words reach clients: all errors of subgraphs, or those with one of these codes. */
      subgraphTexts: z
        .union([z.literal("all"), z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "expected an error's code"))])
        .default(production ? ["BAD_USER_INPUT", "IDEMPOTENCY_CONFLICT"] : "all"),
    })
    .prefault({});
