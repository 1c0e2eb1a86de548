/** How sensitive data is, the least first. */
export const CLASSIFICATIONS = ["PUBLIC", "INTERNAL", "CONFIDENTIAL", "RESTRICTED"] as const;

export type Classification = (typeof CLASSIFICATIONS)[number];
