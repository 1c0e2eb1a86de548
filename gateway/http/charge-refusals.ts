import { ClientError } from "../../shared/errors.ts";
import type { RateLimits } from "../request/rate-limits.ts";
import type { IdentifyCaller } from "./identify-caller.ts";

/**
 * Counts every token that is refused as a request of nobody from its network address, so that trying tokens out is
 * limited: beyond the budget the answer is 429 and no word about the token. A good token is served whatever others behind
 * the same address have tried: its subject pays, and nobody can lock out those who share an address or a proxy.
 *
 * @returns a function that also throws what {@link RateLimits.countRefused} throws
 */
export function chargeRefusals(identify: IdentifyCaller, limits: RateLimits | null): IdentifyCaller {
  if (limits === null) return identify;
  const charge = async (address: string, refusal: unknown): Promise<never> => {
    // That keys are away is no fault of whoever asks.
    if (refusal instanceof ClientError && refusal.status < 500) await limits.countRefused(address);
    throw refusal;
  };
  return (request) => {
    const address = request.socket.remoteAddress ?? "";
    try {
      const caller = identify(request);
      return caller instanceof Promise ? caller.catch((error: unknown) => charge(address, error)) : caller;
    } catch (error) {
      return charge(address, error);
    }
  };
}
