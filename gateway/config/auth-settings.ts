import { z } from "zod";
import { address } from "./allowed-address.ts";

const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

/** Whose tokens are accepted, and what is read from them. */
export const auth = (production: boolean) =>
  z
    .strictObject({
      issuers: z
        .array(
          z.strictObject({
            issuer: z.string().min(1),
            jwksUrl: address(production),
            audience: z.string().min(1),
            algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(["RS256", "ES256", "EdDSA"]),
          }),
        )
        .refine((items) => new Set(items.map((item) => item.issuer)).size === items.length, {
          message: "an issuer may be listed once only",
        })
        .default([]),
      scopesClaim: z.string().min(1).default("scope"),
      purposeClaim: z.string().min(1).default("purpose"),
      /** Seconds by which the clocks of issuer and gateway may differ. */
      clockToleranceSeconds: z.int().min(0).max(300).default(5),
    })
    .prefault({});
