import { readFileSync } from "node:fs";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { NO_ORIGINS, type RuleOrigins, readRuleOrigins } from "../supergraph/rule-origins.ts";

/** A supergraph as a file holds it. */
export interface SupergraphFile {
  readonly supergraphSdl: string;
  /** Empty where the file is no artifact of ours. */
  readonly origins: RuleOrigins;
}

const artifact = z.looseObject({ supergraph: z.string() });

/**
 * Reads a supergraph SDL of any composer, or an artifact of ours.
 *
 * @throws ClientError FILE_UNREADABLE or SUPERGRAPH_INVALID
 */
export function readSupergraph(file: string): SupergraphFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new ClientError("FILE_UNREADABLE", `The supergraph ${file} cannot be read.`);
  }
  if (!text.trimStart().startsWith("{")) return { supergraphSdl: text, origins: NO_ORIGINS };
  try {
    const content = artifact.parse(JSON.parse(text));
    return { supergraphSdl: content.supergraph, origins: readRuleOrigins(content) };
  } catch {
    throw new ClientError("SUPERGRAPH_INVALID", `${file} is neither a supergraph SDL nor an artifact.`);
  }
}
