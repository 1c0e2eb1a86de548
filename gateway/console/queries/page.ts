export interface Page {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}
