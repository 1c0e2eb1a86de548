/** Characters of an id or a name at most: tables have up to three of them in one key, which Postgres bounds at 2.7 kB. */
export const LONGEST_NAME = 200;
