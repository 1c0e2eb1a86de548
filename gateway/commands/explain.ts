import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";
import { findPersona, openDevelopmentIssuer, personaToken } from "./development-issuer.ts";
import { explanation, explanationText } from "./explanation.ts";
import { askGateway, gatewayUrl } from "./gateway-client.ts";
import { readText } from "./read-text.ts";
import type { Outcome } from "./report.ts";

export interface ExplainOptions {
  readonly persona?: string;
  readonly token?: string;
  /** Of the request, where the token leaves a choice. */
  readonly purpose?: string;
  /** A persona or a token; or, for the governance team, `anonymous` or somebody's facts as JSON. */
  readonly as?: string;
  readonly variables?: string;
  readonly operationName?: string;
  /** A file to explain against, instead of the running gateway. */
  readonly supergraph?: string;
  /** gateway.yaml for that. */
  readonly config?: string;
}

/**
 * `dpg explain`: what the gateway would do with an operation, and why.
 *
 * @param query the operation's text, `-` for standard input
 */
export async function explainCommand(
  query: string,
  options: ExplainOptions,
  env: Environment,
): Promise<Outcome> {
  const asked = {
    query: query === "-" ? readText(query) : query,
    operationName: options.operationName ?? null,
    variables: parseObject(options.variables, "--variables"),
  };
  const { as, ...asking } = whoAsks(options);
  const token = await tokenOf(asking, env);
  const purpose = options.purpose ?? null;
  if (options.supergraph !== undefined) {
    const { explainFile } = await import("./explain-file.ts");
    if (as !== undefined) throw new ClientError("USAGE", "Somebody else's facts are for a running gateway.");
    const told = await explainFile(
      { ...asked, token, purpose, file: options.supergraph, config: options.config },
      env,
    );
    return { data: told, text: explanationText(explanation.parse(told)) };
  }
  const question = {
    url: gatewayUrl(env),
    path: "/governance/explain",
    token,
    purpose,
    body: as === undefined ? asked : { ...asked, as },
  };
  const told = await askGateway(question, explanation);
  return { data: told, text: explanationText(told) };
}

interface Asking {
  readonly persona?: string | undefined;
  readonly token?: string | undefined;
}

/** `--as` is another way to say --persona and --token; with facts it asks about somebody else than who asks. */
function whoAsks({ persona, token, as }: ExplainOptions): Asking & { readonly as?: unknown } {
  const isNamed = persona !== undefined || token !== undefined;
  if (as === undefined) return { persona, token };
  if (as.startsWith("{")) return { persona, token, as: parseObject(as, "--as") };
  if (as === "anonymous") return isNamed ? { persona, token, as } : {};
  if (isNamed)
    throw new ClientError("USAGE", "Beside --persona or --token, --as takes a JSON object or anonymous.");
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(as) ? { token: as } : { persona: as };
}

async function tokenOf({ persona, token }: Asking, env: Environment): Promise<string | null> {
  if (persona === undefined) return token ?? null;
  if (token !== undefined) throw new ClientError("USAGE", "Give --persona or --token, not both.");
  const request = personaToken(findPersona(persona), "5m");
  return (await openDevelopmentIssuer(env.DPG_DATA_DIR ?? ".data")).token(request);
}

function parseObject(text: string | undefined, option: string): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw new ClientError("USAGE", `${option} takes a JSON object.`);
  }
}
