import type { ServerResponse } from "node:http";
import { Cancellation } from "../execution/cancellation.ts";

/** Cancelled when the client goes away before it has its answer. */
export function cancelOnClose(response: ServerResponse): Cancellation {
  const cancellation = new Cancellation();
  response.on("close", () => {
    if (!response.writableFinished) cancellation.cancel();
  });
  return cancellation;
}
