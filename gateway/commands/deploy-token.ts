import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { askRegistry, type RegistryAccess } from "./registry-client.ts";
import type { Outcome } from "./report.ts";

const made = z.object({ token: z.string(), id: z.string() });
const listed = z.array(
  z.object({
    id: z.string(),
    domain: z.string(),
    createdBy: z.string(),
    createdAt: z.string(),
    expiresAt: z.string(),
    revokedAt: z.string().nullable(),
  }),
);

/** Makes a deploy token for a domain: its text is the outcome, and is shown this once. */
export async function createDeployToken(
  access: RegistryAccess,
  { domain, expires }: { readonly domain: string; readonly expires: string },
): Promise<Outcome> {
  const body = { domain, seconds: secondsOf(expires) };
  const data = await askRegistry(access, { method: "POST", path: "/tokens", body }, made);
  return { data, text: data.token };
}

/** Ends a deploy token by its id. */
export async function revokeDeployToken(access: RegistryAccess, id: string): Promise<Outcome> {
  const question = { method: "POST", path: "/tokens/revoke", body: { id } } as const;
  const data = await askRegistry(access, question, z.object({ revoked: z.boolean() }));
  if (!data.revoked) throw new ClientError("USAGE", `There is no token ${id} that still holds.`);
  return { data, text: `${id} is revoked.` };
}

/** The tokens that were given out, without their texts. */
export async function listDeployTokens(access: RegistryAccess): Promise<Outcome> {
  const tokens = await askRegistry(access, { method: "GET", path: "/tokens" }, listed);
  const state = (token: (typeof tokens)[number]) =>
    token.revokedAt ? `revoked ${token.revokedAt}` : `until ${token.expiresAt}`;
  return { data: { tokens }, text: tokens.map((token) => `${token.id}\t${state(token)}`).join("\n") };
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a span: `90d`, `12h`, `30m`, `45s`. @throws ClientError USAGE */
export function secondsOf(span: string): number {
  const [, count, unit] = /^(\d{1,7})\s*([smhd])$/.exec(span) ?? [];
  if (unit === "s" || unit === "m" || unit === "h" || unit === "d") return Number(count) * UNITS[unit];
  throw new ClientError("USAGE", `--expires ${span}: use a number with s, m, h or d, such as 90d.`);
}
