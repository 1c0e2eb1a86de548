import { ClientError } from "../errors.ts";

/** The database of a domain and the two roles named after it; all are safe inside double quotes. */
export interface DatabaseNames {
  readonly database: string;
  /** Owns the database and its tables; nobody logs in as it. */
  readonly owner: string;
  /** What the domain's service connects as; owns nothing. */
  readonly application: string;
  /** What the domain's checks of quality connect as; it only reads. */
  readonly quality: string;
}

/** Postgres cuts identifiers at 63 bytes. */
const LONGEST_NAME = 63 - "_check".length;

/** @throws ClientError CONFIG_INVALID for anything but lower-case letters, digits and underscores */
export function nameDatabase(database: string): DatabaseNames {
  if (!/^[a-z][a-z0-9_]*$/.test(database) || database.length > LONGEST_NAME) {
    throw new ClientError(
      "CONFIG_INVALID",
      `${JSON.stringify(database)} cannot name a database: use a lower-case letter, then letters, digits and underscores, at most ${LONGEST_NAME} in all.`,
    );
  }
  return {
    database,
    owner: `${database}_owner`,
    application: `${database}_app`,
    quality: `${database}_check`,
  };
}
