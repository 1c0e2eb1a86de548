import { ClientError } from "../../shared/errors.ts";
import { findPersona, openDevelopmentIssuer, personaToken, type TokenRequest } from "./development-issuer.ts";

export interface TokenOptions {
  readonly persona?: string;
  readonly sub?: string;
  readonly scopes?: string;
  readonly purpose?: string;
  readonly claims?: string;
  readonly expires: string;
}

/** `dpg token`: one JWT of the development issuer, for a persona or for the claims given. */
export async function createToken(options: TokenOptions, dataDirectory: string): Promise<string> {
  const issuer = await openDevelopmentIssuer(dataDirectory);
  try {
    return await issuer.token(tokenRequest(options));
  } catch (error) {
    if (error instanceof TypeError)
      throw new ClientError("USAGE", `--expires ${options.expires}: ${error.message}`);
    throw error;
  }
}

function tokenRequest(options: TokenOptions): TokenRequest {
  const claims = parseClaims(options.claims);
  if (options.persona !== undefined) {
    const persona = personaToken(findPersona(options.persona), options.expires);
    return { ...persona, claims: { ...persona.claims, ...claims } };
  }
  if (options.sub === undefined) throw new ClientError("USAGE", "Give --persona NAME or --sub SUBJECT.");
  return {
    subject: options.sub,
    scopes: options.scopes ?? "",
    purpose: options.purpose ?? null,
    claims,
    expires: options.expires,
  };
}

function parseClaims(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw new ClientError("USAGE", "--claims takes a JSON object.");
}
