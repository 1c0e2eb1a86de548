import type { AdmissionLimits } from "../../gateway/request/admit.ts";

const ANY = 1e9;

/** Limits that refuse nothing. */
export const UNLIMITED: AdmissionLimits & { readonly tokens: number } = {
  tokens: ANY,
  depth: ANY,
  aliases: ANY,
  rootFields: ANY,
  duplicates: ANY,
  directives: ANY,
  selections: ANY,
  definitions: ANY,
  cost: Number.MAX_VALUE,
  entityFanOut: Number.MAX_VALUE,
  listSize: 1,
};
