import { invalidReply, type SubgraphFailure, timedOut, unavailable } from "./subgraph-reply.ts";

/** undici's error as a failure; its message may hold an address, so it is not used. */
export function describeFault(subgraph: string, error: Error): SubgraphFailure {
  const code = "code" in error ? error.code : "";
  switch (code) {
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
    case "HPE_INVALID_CONSTANT":
      return invalidReply(subgraph, "with a response that breaks HTTP");
    case "UND_ERR_CONNECT_TIMEOUT":
      return timedOut("connect", `Subgraph "${subgraph}" could not be connected to in time.`);
    default:
      return String(code).startsWith("HPE_")
        ? invalidReply(subgraph, "with a response that breaks HTTP")
        : unavailable(`Subgraph "${subgraph}" could not be reached, or broke off the connection.`);
  }
}
