export interface Consumer {
  readonly application: string;
  readonly versions: readonly string[];
  readonly requests: number;
  readonly lastSeen: string;
  readonly operations: readonly {
    readonly name: string;
    readonly hash: string;
    readonly requests: number;
    readonly fields: readonly string[];
  }[];
}

export const CONSUMER = "application versions requests lastSeen operations { name hash requests fields }";
