import { readFileSync } from "node:fs";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import { type Environment, readConfig } from "../config.ts";
import { type Gateway, startGateway } from "../gateway.ts";

export interface ServeOptions {
  readonly supergraph: string;
  readonly port?: number;
  readonly config?: string;
}

/** `dpg serve`: a gateway over a supergraph SDL of any composer, or over an artifact of ours; no database. */
export async function serve(options: ServeOptions, env: Environment): Promise<Gateway> {
  const config = readConfig(options.config ?? null, env);
  const log = createLog({ name: "gateway", level: "info" });
  const gateway = await startGateway({
    config: { ...config, ...(options.port === undefined ? {} : { port: options.port }) },
    supergraphSdl: readSupergraph(options.supergraph),
    log,
  });
  log.info({ url: gateway.url, protected: protectedCoordinates(gateway) }, "serving");
  return gateway;
}

const artifact = z.object({ supergraph: z.string() });

function readSupergraph(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new ClientError("FILE_UNREADABLE", `The supergraph ${file} cannot be read.`);
  }
  if (!text.trimStart().startsWith("{")) return text;
  try {
    return artifact.parse(JSON.parse(text)).supergraph;
  } catch {
    throw new ClientError("SUPERGRAPH_INVALID", `${file} is neither a supergraph SDL nor an artifact.`);
  }
}

function protectedCoordinates({ supergraph }: Gateway): readonly string[] {
  return [...supergraph.policy].flatMap(([coordinate, rules]) =>
    rules.some(({ directive }) => directive.judge || directive.rows) ? [coordinate] : [],
  );
}
