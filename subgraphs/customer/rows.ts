import sql from "sql-template-tag";
import type { LoyaltyTier, Region } from "./resolver-types.ts";

/** A row of the table `customer`. */
export interface CustomerRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly region: Region;
  readonly country: string;
  readonly line1: string;
  readonly city: string;
  readonly postalCode: string;
  /** Decimal text, as Postgres gives a numeric. */
  readonly creditLimit: string | null;
  readonly loyaltyTier: LoyaltyTier;
  readonly createdAt: Date;
}

/** The select list of a {@link CustomerRow}. */
export const CUSTOMER_COLUMNS = sql`id, name, email, phone, region, country, line1, city,
  postal_code AS "postalCode", credit_limit AS "creditLimit", loyalty_tier AS "loyaltyTier",
  created_at AS "createdAt"`;
