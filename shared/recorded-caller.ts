import { z } from "zod";
import { ANONYMOUS, type Principal } from "./principal.ts";

/** All that usage says of who sends an operation. */
export const recordedCaller = z.object({
  authenticated: z.boolean(),
  scopes: z.array(z.string()).readonly(),
  purpose: z.string().nullable(),
});
export type RecordedCaller = z.infer<typeof recordedCaller>;

/** Somebody with these scopes and this purpose, without a name and without claims. */
export function recordedPrincipal({ authenticated, scopes, purpose }: RecordedCaller): Principal {
  if (!authenticated) return ANONYMOUS;
  return {
    kind: "authenticated",
    subject: "recorded",
    issuer: "recorded",
    scopes: new Set(scopes),
    purposes: purpose === null ? { kind: "none" } : { kind: "stated", purpose },
    claims: {},
    expiresAt: Number.POSITIVE_INFINITY,
  };
}
