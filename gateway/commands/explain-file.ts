import { Registry } from "prom-client";
import { ClientError } from "../../shared/errors.ts";
import { JwksSource } from "../../shared/jwks-source.ts";
import { createLog } from "../../shared/log.ts";
import type { Environment } from "../config/environment.ts";
import { type Config, readConfig } from "../config.ts";
import { openPolicies } from "../open-policies.ts";
import { createAuthenticate } from "../request/authenticate.ts";
import { createCallerFactory } from "../request/caller.ts";
import { createExplain, type Explanation } from "../request/explain.ts";
import { createPlan } from "../request/plan.ts";
import { PlanPool } from "../request/plan-pool.ts";
import { buildSupergraph } from "../supergraph/supergraph.ts";
import {
  DEVELOPMENT_AUDIENCE,
  DEVELOPMENT_ISSUER,
  openDevelopmentIssuer,
  serveJwks,
} from "./development-issuer.ts";
import { readSupergraph } from "./read-supergraph.ts";

export interface FileQuestion {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly token: string | null;
  readonly purpose: string | null;
  /** Supergraph SDL or artifact. */
  readonly file: string;
  /** gateway.yaml; its issuers and policies count. */
  readonly config: string | undefined;
}

/**
 * Explains an operation against a supergraph file, with the same parts as a gateway that serves it. Tokens are of the
 * development issuer, or of the issuers that the configuration names.
 */
export async function explainFile(question: FileQuestion, env: Environment): Promise<Explanation> {
  const { file, token, purpose, config: configFile, ...asked } = question;
  const config = readConfig(configFile ?? null, env);
  const { supergraphSdl, origins } = readSupergraph(file);
  const supergraph = buildSupergraph(supergraphSdl);
  const log = createLog({ name: "explain", level: "error", destination: process.stderr });
  const pool = new PlanPool(config.limits.planMs);
  const policies = await openPolicies(config, null, new Registry(), log);
  try {
    const principal = await identify(config, token, env);
    const caller = createCallerFactory(config.masking.hmacKey)(principal, purpose);
    const { authorization, governance, audit, limits } = config;
    const isAudited = audit.databaseUrl !== null || audit.directory !== null;
    const explain = createExplain({
      limits,
      authorisation: { ...authorization, checkFormats: governance.checkFormats, isAudited },
      evaluatePolicies: policies.evaluate,
      plan: createPlan(pool),
    });
    return await explain({ ...asked, caller, supergraph, origins });
  } finally {
    policies.stop();
    await pool.stop();
  }
}

/** The same verification as a gateway's. */
async function identify({ auth }: Config, token: string | null, env: Environment) {
  const issuer = await openDevelopmentIssuer(env.DPG_DATA_DIR ?? ".data");
  const server = await serveJwks(issuer, 0);
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new ClientError("PORT_IN_USE", "No port is free.");
  const development = {
    issuer: DEVELOPMENT_ISSUER,
    audience: DEVELOPMENT_AUDIENCE,
    algorithms: ["EdDSA"],
    jwksUrl: `http://127.0.0.1:${address.port}/jwks.json`,
  };
  const issuers = [...auth.issuers, development].map(({ jwksUrl, ...trusted }) => ({
    ...trusted,
    keys: new JwksSource({ url: jwksUrl, onFailure: () => {} }),
  }));
  try {
    return await createAuthenticate({ ...auth, issuers })(token === null ? [] : [`Bearer ${token}`]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
