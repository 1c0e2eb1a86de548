import type { Config } from "./config.ts";
import { createExplainRoute, type ExplainRouteOptions } from "./http/explain-route.ts";
import type { RouteExtension } from "./http/server.ts";
import { createExplain, type ExplainDependencies } from "./request/explain.ts";

export interface ExplainParts
  extends Omit<ExplainDependencies, "limits">,
    Omit<ExplainRouteOptions, "explain" | "forStewardsOnly"> {
  readonly config: Config;
}

/** The route that explains operations, for whom the configuration says; it decides with the parts that requests use. */
export function openExplain({ config, ...parts }: ExplainParts): readonly RouteExtension[] {
  const { governance, limits } = config;
  if (governance.explain === "off") return [];
  const explain = createExplain({ ...parts, limits });
  return [createExplainRoute({ ...parts, explain, forStewardsOnly: governance.explain === "stewards" })];
}
