import type { Caller } from "../../shared/define-directive.ts";
import type { Principal } from "../../shared/principal.ts";

/**
 * What rules are judged against, for a principal and the purpose it states. Callers are kept per principal,
 * so that decisions can be remembered for as long as a verified token is, but no longer than the day lasts.
 *
 * @param statedPurpose header `x-purpose`; counts only where the token allows a choice that contains it
 */
export function createCallerFactory(
  hmacKey: string | null,
): (principal: Principal, statedPurpose: string | null) => Caller {
  const known = new WeakMap<Principal, Map<string | null, Caller>>();
  const currentDay = dayClock();
  return (principal, statedPurpose) => {
    const purpose = purposeOf(principal, statedPurpose);
    const today = currentDay();
    const byPurpose = known.get(principal) ?? new Map<string | null, Caller>();
    known.set(principal, byPurpose);
    const remembered = byPurpose.get(purpose);
    if (remembered?.today === today) return remembered;
    const caller = { principal, purpose, policies: NO_POLICIES, hmacKey, today };
    byPurpose.set(purpose, caller);
    return caller;
  };
}

/** The date of today (UTC); worked out once a day. */
function dayClock(): () => string {
  let day = "";
  let startsAt = 0;
  let endsAt = 0;
  return () => {
    const now = Date.now();
    if (now < startsAt || now >= endsAt) {
      startsAt = Math.floor(now / DAY) * DAY;
      endsAt = startsAt + DAY;
      day = new Date(now).toISOString().slice(0, 10);
    }
    return day;
  };
}

const DAY = 86_400_000;
const NO_POLICIES: ReadonlyMap<string, boolean> = new Map();

/** Governance.md §6. */
function purposeOf(principal: Principal, stated: string | null): string | null {
  if (principal.kind === "anonymous") return null;
  const { purposes } = principal;
  if (purposes.kind === "stated") return purposes.purpose;
  return purposes.kind === "choice" && stated !== null && purposes.purposes.includes(stated) ? stated : null;
}
