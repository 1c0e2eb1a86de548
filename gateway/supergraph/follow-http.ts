import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { GenerationFeed } from "./watch-supergraph.ts";

export interface HttpFeedOptions {
  /** Address of the registry's server, without a path. */
  readonly url: string;
  /** A deploy token of any domain: reading is all it is used for. */
  readonly token: string;
}

const answer = z.object({
  data: z
    .object({ number: z.int().positive(), signature: z.string(), artifact: z.looseObject({}) })
    .nullable(),
});

/** Milliseconds for one answer. */
const DEADLINE = 10_000;

/** Generations from a registry over HTTP, asked for again and again: `onNotice` never calls. */
export function followHttp({ url, token }: HttpFeedOptions): GenerationFeed {
  return {
    newerThan: async (number) => {
      const response = await fetch(`${url.replace(/\/+$/, "")}/registry/v1/supergraph?newerThan=${number}`, {
        headers: { authorization: `Bearer ${token}` },
        redirect: "error",
        signal: AbortSignal.timeout(DEADLINE),
      });
      if (!response.ok)
        throw new ClientError("REGISTRY_UNAVAILABLE", `The registry answers with status ${response.status}.`);
      const { data } = answer.parse(await response.json());
      // JSON that was read and written again is the same text, which the hash then proves.
      return (
        data && { number: data.number, signature: data.signature, content: JSON.stringify(data.artifact) }
      );
    },
    onNotice: () => async () => {},
  };
}
