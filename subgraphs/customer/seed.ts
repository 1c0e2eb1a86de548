import type { Faker } from "@faker-js/faker";
import { faker as de } from "@faker-js/faker/locale/de";
import { faker as enAu } from "@faker-js/faker/locale/en_AU";
import { faker as enCa } from "@faker-js/faker/locale/en_CA";
import { faker as enGb } from "@faker-js/faker/locale/en_GB";
import { faker as enIn } from "@faker-js/faker/locale/en_IN";
import { faker as enUs } from "@faker-js/faker/locale/en_US";
import { faker as enZa } from "@faker-js/faker/locale/en_ZA";
import { faker as es } from "@faker-js/faker/locale/es";
import { faker as esMx } from "@faker-js/faker/locale/es_MX";
import { faker as fr } from "@faker-js/faker/locale/fr";
import { faker as idId } from "@faker-js/faker/locale/id_ID";
import { faker as it } from "@faker-js/faker/locale/it";
import { faker as ptBr } from "@faker-js/faker/locale/pt_BR";
import sql from "sql-template-tag";
import { type CustomerKey, customerKey, DEMO, type DemoCountry } from "../../shared/demo-keys.ts";
import { seedOnce } from "../../shared/subgraph/seed-once.ts";
import type { LoyaltyTier } from "./resolver-types.ts";

const FAKERS: Readonly<Record<DemoCountry, Faker>> = {
  DE: de,
  FR: fr,
  GB: enGb,
  ES: es,
  IT: it,
  ZA: enZa,
  US: enUs,
  CA: enCa,
  MX: esMx,
  BR: ptBr,
  AU: enAu,
  IN: enIn,
  ID: idId,
};

const CALLING_CODES: Readonly<Record<DemoCountry, string>> = {
  DE: "+49",
  FR: "+33",
  GB: "+44",
  ES: "+34",
  IT: "+39",
  ZA: "+27",
  US: "+1",
  CA: "+1",
  MX: "+52",
  BR: "+55",
  AU: "+61",
  IN: "+91",
  ID: "+62",
};

const FAKER_SEED = 20260630;

/** A customer as the table `customer` holds it. */
interface CustomerSeed {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly region: string;
  readonly country: string;
  readonly line1: string;
  readonly city: string;
  readonly postal_code: string;
  readonly credit_limit: number | null;
  readonly loyalty_tier: LoyaltyTier;
  readonly created_at: string;
}

/** Loads the demonstration customers, once. The connection is the owner's or an administrator's. */
export async function seedDomain(databaseUrl: string): Promise<boolean> {
  return seedOnce({ databaseUrl, name: "demo-1", claims: {} }, async (query) => {
    const rows = JSON.stringify(generateCustomers());
    await query(
      sql`INSERT INTO customer SELECT * FROM json_populate_recordset(NULL::customer, ${rows}::json)`,
    );
    await query(sql`ANALYZE customer`);
  });
}

/** The demonstration customers: the same ones whenever and wherever they are made. */
export function generateCustomers(): readonly CustomerSeed[] {
  for (const [index, faker] of Object.values(FAKERS).entries()) faker.seed(FAKER_SEED + index);
  return Array.from({ length: DEMO.customers }, (_, index) => generateCustomer(customerKey(index + 1)));
}

function generateCustomer(key: CustomerKey): CustomerSeed {
  const faker = FAKERS[key.country];
  const firstName = faker.person.firstName();
  const lastName = faker.person.lastName();
  const years = (DEMO.now - key.createdAt) / (365 * 86_400_000);
  return {
    id: key.id,
    name: `${firstName} ${lastName}`,
    email: emailOf(firstName, lastName, key.id, faker),
    phone: phoneOf(key.country, faker),
    region: key.region,
    country: key.country,
    line1: faker.location.streetAddress(),
    city: faker.location.city(),
    postal_code: faker.location.zipCode(),
    credit_limit: faker.datatype.boolean(0.4) ? faker.number.int({ min: 1, max: 50 }) * 500 : null,
    loyalty_tier: tierOf(years, faker.number.float()),
    created_at: new Date(key.createdAt).toISOString(),
  };
}

/** Addresses of domains that nobody can own (RFC 2606), unique by the customer's number. */
function emailOf(firstName: string, lastName: string, id: string, faker: Faker): string {
  const host = faker.helpers.arrayElement(["example.com", "example.net", "example.org"]);
  const number = Number(id.slice(1));
  return `${slug(firstName)}.${slug(lastName)}${number}@${host}`;
}

/** Country calling code and a subscriber number of the usual length, which together are E.164. */
function phoneOf(country: DemoCountry, faker: Faker): string {
  const number = CALLING_CODES[country] === "+1" ? /[2-9][0-9]{2}[2-9][0-9]{6}/ : /[1-9][0-9]{8}/;
  return CALLING_CODES[country] + faker.helpers.fromRegExp(number);
}

function slug(name: string): string {
  return name
    .replace(/[äöüÄÖÜ]/g, (letter) => `${letter}e`)
    .replace(/ß/g, "ss")
    .replace(/[øØ]/g, "o")
    .replace(/[łŁ]/g, "l")
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}

function tierOf(years: number, luck: number): LoyaltyTier {
  if (luck > 0.98) return "PLATINUM";
  if (years > 3 && luck > 0.4) return "GOLD";
  return years > 1 && luck > 0.3 ? "SILVER" : "BRONZE";
}
