import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "../config.ts";
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
  /** JSON: somebody else's facts, which only the governance team may ask for. */
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
  const token = await tokenOf(options, env);
  const purpose = options.purpose ?? null;
  const as = options.as === undefined ? {} : { as: parseAs(options.as) };
  if (options.supergraph !== undefined) {
    const { explainFile } = await import("./explain-file.ts");
    if (options.as !== undefined) throw new ClientError("USAGE", "--as is for a running gateway.");
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
    body: { ...asked, ...as },
  };
  const told = await askGateway(question, explanation);
  return { data: told, text: explanationText(told) };
}

async function tokenOf({ persona, token }: ExplainOptions, env: Environment): Promise<string | null> {
  if (persona === undefined) return token ?? null;
  if (token !== undefined) throw new ClientError("USAGE", "Give --persona or --token, not both.");
  const request = personaToken(findPersona(persona), "5m");
  return (await openDevelopmentIssuer(env.DPG_DATA_DIR ?? ".data")).token(request);
}

function parseAs(text: string): unknown {
  return text === "anonymous" ? text : parseObject(text, "--as");
}

function parseObject(text: string | undefined, option: string): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw new ClientError("USAGE", `${option} takes a JSON object.`);
  }
}
