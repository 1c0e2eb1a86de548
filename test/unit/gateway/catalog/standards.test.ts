import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeAlone, importStandard } from "../../../../gateway/catalog/standards/import-standard.ts";
import { differ, type Json, lay } from "../../../../gateway/catalog/standards/json-patch.ts";
import { toContract } from "../../../../gateway/catalog/standards/to-contract.ts";
import { toProduct } from "../../../../gateway/catalog/standards/to-product.ts";
import { describePets, petSchema } from "../../../testkit/describe-product.ts";

const root = new URL("../../../../", import.meta.url);
const url = "http://127.0.0.1:1/";

function domain(name: string) {
  const read = (file: string) => readFileSync(new URL(`subgraphs/${name}/${file}`, root), "utf8");
  return describeAlone({ name, url, sdl: read("schema.graphql"), product: read("product.yaml") });
}

const contractAgain = (document: unknown): Json => {
  const { sdl, product, descriptor } = importStandard(document);
  return toContract(describeAlone({ name: descriptor.domain, url, sdl: sdl ?? "", product }));
};

/** In the manner of the standard's own full example. */
const FOREIGN: { readonly [key: string]: Json } = {
  domain: "seller",
  dataProduct: "my quantum",
  version: "1.1.0",
  status: "active",
  id: "53581432-6c55-4ba2-a65f-72344a91553a",
  description: {
    purpose: "Views built on top of the seller tables.",
    limitations: "Not for resale.",
    authoritativeDefinitions: [{ type: "privacy-statement", url: "https://example.com/gdpr.pdf" }],
  },
  tenant: "ClimateQuantumInc",
  kind: "DataContract",
  apiVersion: "v3.1.0",
  servers: [
    {
      server: "my-postgres",
      type: "postgres",
      host: "localhost",
      port: 5432,
      database: "pypl-edw",
      schema: "pp_access_views",
    },
  ],
  schema: [
    {
      name: "tbl",
      physicalName: "tbl_1",
      physicalType: "table",
      businessName: "Core Payment Metrics",
      tags: ["finance", "payments"],
      properties: [
        {
          name: "txn_ref_dt",
          primaryKey: false,
          businessName: "transaction reference date",
          logicalType: "date",
          physicalType: "date",
          required: false,
          partitioned: true,
          partitionKeyPosition: 1,
          transformSourceObjects: ["table_name_1"],
          examples: ["2022-10-03"],
        },
        {
          name: "rcvr_id",
          primaryKey: true,
          primaryKeyPosition: 1,
          logicalType: "string",
          physicalType: "varchar(18)",
          required: true,
          classification: "restricted",
        },
        {
          name: "rcvrCntryCode",
          logicalType: "string",
          physicalType: "varchar(2)",
          classification: "restricted",
          encryptedName: "rcvr_cntry_code_encrypted",
          quality: [
            {
              metric: "nullValues",
              mustBe: 0,
              description: "column should not contain null values",
              dimension: "completeness",
            },
          ],
        },
      ],
      quality: [{ metric: "rowCount", type: "library", mustBeGreaterThan: 1000000, name: "fast data" }],
    },
  ],
  price: { priceAmount: 9.95, priceCurrency: "USD", priceUnit: "megabyte" },
  team: { members: [{ username: "ceastwood@example.com", role: "Data Scientist", dateIn: "2022-08-02" }] },
  roles: [{ role: "microstrategy_user_opr", access: "read", firstLevelApprovers: "Reporting Manager" }],
  slaProperties: [{ property: "latency", value: 4, unit: "d", element: "tab1.txn_ref_dt" }],
  support: [{ channel: "channel-name-or-identifier", tool: "slack" }],
  tags: ["transactions"],
  customProperties: [{ property: "refRulesetName", value: "gcsc.ruleset.name" }],
  contractCreatedTs: "2022-11-15T02:59:43+00:00",
};

describe("a patch", () => {
  test("makes of one JSON value any other, whatever they are", () => {
    const names = fc.constantFrom("name", "property", "a", "b", "__proto__", "constructor");
    const json = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), tie("object"), tie("list")),
      object: fc.dictionary(names, tie("value"), { noNullPrototype: true }),
      list: fc.array(fc.record({ name: fc.constantFrom("x", "y", "z"), more: tie("value") })),
    })).value;
    fc.assert(
      fc.property(json, json, (base, target) => {
        const [from, to]: [Json, Json] = [
          JSON.parse(JSON.stringify(base)),
          JSON.parse(JSON.stringify(target)),
        ];
        const patch = JSON.parse(JSON.stringify(differ(from, to)));
        expect(lay(patch, from)).toEqual(to);
      }),
      { numRuns: 300 },
    );
  });

  test("leaves what is new since in its place", () => {
    const patch = differ(
      { fields: [{ name: "a" }], x: 1 },
      { fields: [{ name: "a", kept: true }], x: 1, y: 2 },
    );
    expect(lay(patch, { fields: [{ name: "a" }, { name: "new" }], x: 5 })).toEqual({
      fields: [{ name: "a", kept: true }, { name: "new" }],
      x: 5,
      y: 2,
    });
  });
});

describe("a contract in the Open Data Contract Standard", () => {
  test("says when its owners began with it, and an import keeps that, or what stands there instead", () => {
    const created = "2022-11-15T02:59:43+00:00";
    const own = describeAlone({ name: "pet", url, sdl: petSchema(), product: describePets({ created }) });
    const document = toContract(own);
    expect(document).toMatchObject({ contractCreatedTs: created });
    const { descriptor } = importStandard(document);
    expect([descriptor.created, descriptor.standards]).toEqual([created, undefined]);
    for (const said of ["in autumn", 2022, null]) {
      const foreign = { ...FOREIGN, contractCreatedTs: said };
      expect(importStandard(foreign).descriptor.created).toBeUndefined();
      expect(contractAgain(foreign)).toEqual(foreign);
    }
  });

  test("says what the product offers, with governance in custom properties of our own", () => {
    const contract = toContract(domain("customer"));
    expect(contract).toMatchObject({
      apiVersion: "v3.1.0",
      kind: "DataContract",
      id: "customer.customers",
      status: "active",
      team: {
        name: "customer-domain",
        members: [{ username: "customer-domain@example.com", role: "owner" }],
      },
      schema: [
        {
          name: "Customer",
          logicalType: "object",
          physicalName: "customer",
          properties: expect.arrayContaining([
            expect.objectContaining({ name: "id", logicalType: "string", required: true, primaryKey: true }),
            expect.objectContaining({
              name: "email",
              classification: "restricted",
              quality: [
                expect.objectContaining({ name: "email-format", metric: "invalidValues", type: "library" }),
              ],
              customProperties: expect.arrayContaining([
                {
                  property: "dpgMask",
                  value: [expect.objectContaining({ strategy: "EMAIL", unlessScopes: ["customer:pii"] })],
                },
              ]),
            }),
            expect.objectContaining({
              name: "address",
              logicalType: "object",
              properties: expect.arrayContaining([expect.objectContaining({ name: "city" })]),
            }),
          ]),
        },
      ],
      slaProperties: expect.arrayContaining([{ property: "availability", value: 99.9, unit: "percent" }]),
    });
    expect(JSON.stringify(toContract(domain("order")))).toContain(`"property":"dpgRowFilter"`);
  });

  test.each(["customer", "product", "order", "template"])(
    "of %s has no entry that the standard does not know",
    (name) => {
      expect(unknownEntries(toContract(domain(name)), "contract")).toEqual([]);
    },
  );

  test.each(["customer", "product", "order", "template"])(
    "of %s survives import and export unchanged",
    (name) => {
      const contract = toContract(domain(name));
      expect(contractAgain(contract)).toEqual(contract);
    },
  );

  test("is imported with its rules: masks, purposes, retention and row filters hold again", () => {
    const sdl = petSchema(
      `@rowFilter(field: "region", claim: "region") @retention(period: "P1Y", from: "born")`,
      `region: String @purpose(allow: ["care"])
       born: String @mask(strategy: YEAR, unlessScopes: ["pets:all"]) @format(standard: ISO_8601_DATE)
       chip: String @classification(level: RESTRICTED) @requiresScopes(scopes: [["vet"], ["a", "b"]])`,
    );
    const facts = describeAlone({ name: "pet", url, sdl, product: describePets() });
    const contract = toContract(facts);
    const imported = importStandard(contract);
    const again = describeAlone({ name: "pet", url, sdl: imported.sdl ?? "", product: imported.product });
    const rules = ({ fields }: typeof facts) =>
      fields.map(({ coordinate, rules: own }) => [
        coordinate,
        own.map(({ directive, arguments: args }) => [directive, args]),
      ]);
    expect(rules(again)).toEqual(rules(facts));
    expect(toContract(again)).toEqual(contract);
  });

  test("of somebody else is kept to the last entry", () => {
    expect(contractAgain(FOREIGN)).toEqual(FOREIGN);
    const { descriptor, sdl } = importStandard(FOREIGN);
    expect(descriptor).toMatchObject({
      id: "seller.p53581432-6c55-4ba2-a65f-72344a91553a",
      domain: "seller",
      version: "1.1.0",
      owner: { team: "seller-domain", contact: "ceastwood@example.com" },
      outputPorts: [{ type: "Tbl", table: "tbl_1" }],
    });
    expect(sdl).toContain("type Tbl");
  });

  test("may give its entries ids (ODCS 3.1, $defs/StableId), also custom properties", () => {
    const customProperties = [{ id: "ruleset", property: "refRulesetName", value: "gcsc" }];
    const document = {
      ...FOREIGN,
      team: { id: "t", name: "sellers", members: [{ id: "m", username: "ada" }], customProperties },
      schema: [{ id: "o", name: "tbl", properties: [{ id: "p", name: "a", customProperties }] }],
      customProperties,
    };
    expect(contractAgain(document)).toEqual(document);
  });

  test("may name two objects the same, and one nothing", () => {
    const document = { ...FOREIGN, schema: [{ name: "_" }, { name: "_" }, { name: " " }] };
    expect(contractAgain(document)).toEqual(document);
  });

  test("that says restricted and not for whom opens to nobody", () => {
    const { sdl } = importStandard(FOREIGN);
    expect(sdl).toMatch(
      /rcvrCntryCode: String.*@classification\(level: RESTRICTED.*@requiresScopes\(scopes: \[\["seller:restricted"\]\]\)/,
    );
  });

  test.each([
    ["another kind", { ...FOREIGN, kind: "Other" }, /kind/],
    ["an older version", { ...FOREIGN, apiVersion: "v2.2.2" }, /apiVersion/],
    ["no schema", { ...FOREIGN, schema: [] }, /schema: a contract without a schema offers nothing/],
    ["no document", "text", /kind/],
  ])("is refused for %s", (_name, document, message) => {
    expect(() => importStandard(document)).toThrow(
      expect.objectContaining({ code: "STANDARD_DOCUMENT_INVALID", message: expect.stringMatching(message) }),
    );
  });
});

describe("a product in Bitol's Open Data Product Standard", () => {
  test("names its ports with the contracts that they keep", () => {
    const versions = new Map([["customer.customers", "1.0.0"]]);
    expect(toProduct(domain("order").product, (id) => versions.get(id) ?? null)).toMatchObject({
      apiVersion: "v1.0.0",
      kind: "DataProduct",
      id: "order.orders",
      inputPorts: [
        { name: "customer.customers", version: "1.0.0", contractId: "customer.customers" },
        { name: "product.catalog", version: "unknown", contractId: "product.catalog" },
      ],
      outputPorts: [{ name: "Order", type: "graphql", version: "1.0.0", contractId: "order.orders" }],
    });
  });

  const again = (document: Json): Json =>
    toProduct({ ...domain("order").product, ...describeImported(document) }, () => null);
  const describeImported = (document: Json) => {
    const { descriptor } = importStandard(document);
    const { id, domain: own, name, version, status, outputPorts } = descriptor;
    const ports = outputPorts.map(({ type, description }) => ({ type, description, rules: [] }));
    return { id, domain: own, name, version, status, descriptor, ports };
  };

  test.each(["customer", "product", "order"])("of %s survives import and export unchanged", (name) => {
    const document = toProduct(domain(name).product, () => null);
    expect(again(document)).toEqual(document);
    const { standards, ...descriptor } = importStandard(document).descriptor;
    expect({ ...descriptor, standards }).toEqual({
      ...domain(name).product.descriptor,
      standards: undefined,
    });
  });

  test("says when its owners began with it, and an import keeps that", () => {
    const created = "2023-10-01T14:00:00+02:00";
    const { product } = domain("order");
    const document = toProduct(
      { ...product, descriptor: product.descriptor && { ...product.descriptor, created } },
      () => null,
    );
    expect(document).toMatchObject({ productCreatedTs: created });
    const { descriptor } = importStandard(document);
    expect([descriptor.created, descriptor.standards]).toEqual([created, undefined]);
  });

  test("of somebody else is kept to the last entry", () => {
    const document: Json = {
      apiVersion: "v1.0.0",
      kind: "DataProduct",
      id: "fbe8d147-28db-4f1d-bedf-a3fe9f458427",
      name: "Customer Data Product",
      status: "proposed",
      domain: "Customer 360",
      tenant: "RetailCorp",
      description: { purpose: "Churn.", customProperties: [{ property: "x", value: [1] }] },
      inputPorts: [{ name: "payments", version: "1.0.0", contractId: "dbb7b1eb" }],
      outputPorts: [
        {
          name: "raw transactions",
          version: "2.0.0",
          type: "tables",
          sbom: [{ url: "https://a.example/s" }],
        },
      ],
      managementPorts: [{ name: "control", content: "control", type: "rest" }],
      support: [{ channel: "#help", url: "https://chat.example/help", scope: "issues" }],
      team: [{ username: "mhopper", name: "Martin", role: "owner", dateIn: "2023-01-01" }],
      productCreatedTs: "2023-10-01T12:00:00Z",
    };
    expect(again(document)).toEqual(document);
  });
});

/** What the standard (ODCS 3.1) lets stand where; what a name leads to is looked into as well. */
const ENTRIES: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  contract: {
    ...{ apiVersion: null, kind: null, id: null, name: null, version: null, status: null, domain: null },
    ...{
      dataProduct: null,
      contractCreatedTs: null,
      description: "text",
      tags: null,
      support: "channel",
      team: "team",
      roles: "role",
    },
    ...{ schema: "object", slaProperties: "promise", customProperties: "custom" },
  },
  text: { purpose: null, usage: null, limitations: null },
  channel: { channel: null, url: null, tool: null, description: null },
  team: { name: null, members: "member" },
  member: { username: null, role: null },
  role: { role: null, access: null, description: null, customProperties: "custom" },
  object: {
    ...{ name: null, logicalType: null, physicalType: null, physicalName: null, description: null },
    ...{ properties: "property", quality: "check", customProperties: "custom" },
  },
  property: {
    ...{ name: null, logicalType: null, physicalType: null, description: null, required: null, tags: null },
    ...{ primaryKey: null, primaryKeyPosition: null, classification: null, quality: "check" },
    ...{ properties: "property", items: "property", customProperties: "custom" },
  },
  check: {
    ...{ name: null, description: null, severity: null, schedule: null, scheduler: null, type: null },
    ...{ unit: null, metric: null, arguments: null, query: null, engine: null, implementation: null },
    ...{ mustBe: null, mustBeLessOrEqualTo: null, mustBeGreaterOrEqualTo: null, mustBeBetween: null },
    ...{ customProperties: "custom" },
  },
  promise: { property: null, value: null, unit: null, description: null },
  custom: { property: null, value: null },
};

function unknownEntries(value: Json, kind: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => unknownEntries(item, kind));
  return Object.entries(value ?? {}).flatMap(([name, entry]) => {
    const below = ENTRIES[kind]?.[name];
    if (below === undefined) return [`${kind}.${name}`];
    return below === null ? [] : unknownEntries(entry, below);
  });
}
