import sql from "sql-template-tag";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { Context } from "./loaders.ts";
import type { UpdateCustomerContactInput } from "./resolver-types.ts";
import { CUSTOMER_COLUMNS, type CustomerRow } from "./rows.ts";

const contactSchema = z.object({
  email: z.email("expected an e-mail address").max(254).nullish(),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, "expected a number as E.164, such as +4930123456")
    .nullish(),
});

/**
 * Changes a customer's contact data. The gateway lets only authenticated callers come here; that they are is
 * checked again. Throws UNAUTHENTICATED or BAD_USER_INPUT.
 */
export async function updateContact(
  input: UpdateCustomerContactInput,
  { caller, database, loaders }: Context,
): Promise<CustomerRow> {
  if (caller.subject === null)
    throw new ClientError("UNAUTHENTICATED", "Only a known caller may change a customer");
  const contact = contactSchema.safeParse(input);
  if (!contact.success) {
    const faults = contact.error.issues.map((issue) => `input.${issue.path.join(".")}: ${issue.message}`);
    throw new ClientError("BAD_USER_INPUT", faults.join("; "));
  }
  const { email = null, phone = null } = contact.data;
  const [row] = await database.write((query) =>
    query<CustomerRow>(sql`
UPDATE customer SET email = coalesce(${email}::text, email), phone = coalesce(${phone}::text, phone)
WHERE id = ${input.customerId} RETURNING ${CUSTOMER_COLUMNS}`),
  );
  if (!row) throw new ClientError("BAD_USER_INPUT", "input.customerId: no such customer");
  loaders.customer.clear(row.id).prime(row.id, row);
  return row;
}
