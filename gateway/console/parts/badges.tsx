import type { Classification } from "../../../shared/classification-levels.ts";

/** How sensitive something is, said in a word and a shade. */
export function Level({ level }: { readonly level: Classification | null }) {
  if (level === null) return <span class="quiet">–</span>;
  return <span class={`level level-${level.toLowerCase()}`}>{level.toLowerCase()}</span>;
}

const STATES: Readonly<Record<string, readonly [tone: string, text: string]>> = {
  MET: ["good", "met"],
  AT_RISK: ["warn", "at risk"],
  BREACHED: ["bad", "breached"],
  UNKNOWN: ["plain", "not measured"],
  PASSED: ["good", "passed"],
  FAILED: ["bad", "failed"],
  ERRORED: ["warn", "not evaluated"],
  ADDED: ["good", "added"],
  REMOVED: ["bad", "removed"],
  CHANGED: ["warn", "changed"],
  allowed: ["good", "allowed"],
  masked: ["warn", "masked"],
  filtered: ["warn", "some rows"],
  denied: ["bad", "denied"],
  allow: ["good", "delivered"],
  mask: ["warn", "masked"],
  deny: ["bad", "refused"],
  critical: ["bad", "critical"],
  warning: ["warn", "warning"],
};

/** A state in a word; the tone only supports it. */
export function State({ state }: { readonly state: string }) {
  const [tone, text] = STATES[state] ?? ["plain", state.toLowerCase()];
  return <span class={`state state-${tone}`}>{text}</span>;
}
