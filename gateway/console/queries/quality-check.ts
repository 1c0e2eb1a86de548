export interface QualityCheck {
  readonly id: string;
  readonly name: string;
  readonly coordinate: string;
  readonly summary: string;
  readonly severity: string;
  readonly results: readonly QualityResult[] | null;
}

export interface QualityResult {
  readonly at: string;
  readonly outcome: "PASSED" | "FAILED" | "ERRORED";
  readonly value: number | null;
  readonly message: string | null;
}

export const CHECK = "id name coordinate summary severity results(last: 30) { at outcome value message }";
