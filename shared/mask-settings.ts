/** Arguments of `@mask` that say how a value is transformed (governance.md §6). */
export interface MaskSettings {
  readonly strategy: MaskStrategy;
  /** Characters kept by FIRST_N and LAST_N. */
  readonly n?: number | undefined;
  /** ROUND to a multiple of this. */
  readonly to?: number | undefined;
  /** Width of a BUCKET. */
  readonly size?: number | undefined;
  /** Text of REDACT. */
  readonly replacement?: string | undefined;
}

/** How a value can be transformed. */
export const MASK_STRATEGIES = [
  "NULLIFY",
  "DEFAULT",
  "REDACT",
  "HASH",
  "HMAC",
  "BUCKET",
  "ROUND",
  "YEAR",
  "FIRST_N",
  "LAST_N",
  "EMAIL",
] as const;

export type MaskStrategy = (typeof MASK_STRATEGIES)[number];
