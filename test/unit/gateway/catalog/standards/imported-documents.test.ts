import { describe, expect, test } from "vitest";
import { importStandard } from "../../../../../gateway/catalog/standards/import-standard.ts";
import type { Json } from "../../../../../gateway/catalog/standards/json-patch.ts";
import { exportedAgain, importedFacts, openDocuments } from "../../../../testkit/standards/imported-facts.ts";

type Members = { readonly [key: string]: Json };

const HEAD = {
  apiVersion: "v3.1.0",
  kind: "DataContract",
  id: "pet.pets",
  version: "1.0.0",
  status: "active",
};
const contract = (schema: readonly Members[], more: Members = {}): Members => ({ ...HEAD, schema, ...more });
const pets = (...properties: readonly Members[]) => contract([{ name: "pet", properties }]);
const ruled = (property: string, value: Json) => ({ customProperties: [{ property, value }] });
const product = (more: Members): Members => ({
  apiVersion: "v1.0.0",
  kind: "DataProduct",
  id: "pet.pets",
  status: "active",
  outputPorts: [{ name: "pets", version: "1.0.0" }],
  ...more,
});

const RESTRICTED = { classification: "restricted" };
const NULLIFIED = ruled("dpgMask", [{ strategy: "NULLIFY" }]);
const STREET = { name: "street", logicalType: "string" };
const nested = (name: string, physicalType: string, ...properties: readonly Members[]): Members => ({
  name,
  physicalType,
  logicalType: "object",
  properties,
});

describe("a document that came back unchanged", () => {
  test.each<[string, Members]>([
    ["has an object for a primary key", pets({ ...nested("at", "row", STREET), primaryKey: true })],
    ["has a list for a primary key", pets({ name: "ids", logicalType: "array", primaryKey: true })],
    [
      "has an object without a logical type for a primary key",
      pets({ name: "at", properties: [STREET], primaryKey: true }),
    ],
    [
      "has a list without a logical type for a primary key",
      pets({ name: "ids", items: {}, primaryKey: true }),
    ],
    [
      "has a list of objects of which both have properties",
      pets({ name: "at", properties: [STREET], items: { properties: [STREET] } }),
    ],
    ["calls a physical type what is half a type of GraphQL", pets({ name: "n", physicalType: "Int]" })],
    ["calls a nested object as GraphQL calls a text", pets(nested("at", "String", STREET))],
    ["calls a nested object as GraphQL calls the root", pets(nested("at", "Query", STREET))],
    [
      "calls a nested object as another of its objects",
      contract([
        { name: "pet", properties: [{ ...STREET, primaryKey: true }] },
        { name: "owner", properties: [nested("pet", "Pet", STREET)] },
      ]),
    ],
    [
      "describes an object in the words of a schema",
      contract([{ name: "pet", description: "type PetAt {", properties: [nested("at", "row", STREET)] }]),
    ],
    [
      "has an object that is called as a scalar",
      contract([{ name: "date", properties: [{ name: "born", logicalType: "date" }] }]),
    ],
    [
      "has objects of which one is called as several of the other",
      contract([{ name: "pet" }, { name: "pets", properties: [{ ...STREET, primaryKey: true }] }]),
    ],
    [
      "has values of ours that GraphQL keeps for itself",
      pets({ name: "ok", ...ruled("dpgValues", ["true", "__a"]) }),
    ],
    [
      "has values of ours for what is called as an object",
      pets({ name: "pet", physicalType: "Pet", ...ruled("dpgValues", ["A"]) }),
    ],
    [
      "is of a category without a name",
      pets({ name: "n", classification: "public", ...ruled("dpgCategories", [""]) }),
    ],
    ["says nothing in words of ours", contract([{ name: "pet" }], ruled("dpgLicense", " "))],
    [
      "has a role with a blank scope",
      contract([{ name: "pet" }], { roles: [{ role: "r", ...ruled("dpgScopes", [" "]) }] }),
    ],
    ["has a port with a blank name", product({ outputPorts: [{ name: " ", version: "" }] })],
    [
      "describes in words of ours a blank product",
      product(
        ruled("dpgDescriptor", {
          ...{
            description: " ",
            inputPorts: [],
            tables: { Pets: "a b" },
            quality: [],
            roles: [],
            license: "",
            billing: null,
          },
          serviceLevels: { availability: 1, latencyP95Ms: 1, freshness: "P1D", deprecationNotice: "P1D" },
        }),
      ),
    ],
  ])("%s", (_name, document) => {
    expect(exportedAgain(document)).toEqual(document);
  });
});

describe("an imported contract", () => {
  test("guards a list as its items are guarded", () => {
    const items = { logicalType: "string", classification: "restricted" };
    const list = (more: Members) => pets({ name: "chips", logicalType: "array", ...more });
    const guard = /chips: \[String\].*level: RESTRICTED.*@requiresScopes\(scopes: \[\["pet:restricted"\]\]\)/;
    for (const document of [
      list({ items }),
      list({ items, classification: "public" }),
      list({ items: { logicalType: "array", items } }),
    ]) {
      expect(importStandard(document).sdl).toMatch(guard);
      expect(exportedAgain(document)).toEqual(document);
    }
    const masked = list({ items: { logicalType: "string", ...ruled("dpgMask", [{ strategy: "NULLIFY" }]) } });
    expect(importStandard(masked).sdl).toMatch(/chips: \[String\] @mask\(strategy: NULLIFY\)/);
  });

  test.each<[string, Members, readonly RegExp[]]>([
    [
      "a list of what is restricted",
      { name: "chips", physicalType: "array<string>", items: RESTRICTED },
      [/chips: \[String\] @classification\(level: RESTRICTED.*@requiresScopes/],
    ],
    [
      "a list of lists of what is masked",
      { name: "chips", items: { items: NULLIFIED } },
      [/chips: \[String\] @mask\(strategy: NULLIFY\)\n/],
    ],
    [
      "an object with what is restricted",
      { name: "address", properties: [{ name: "street", ...RESTRICTED }] },
      [/address: PetAddress\n/, /type PetAddress \{\n {2}street: String .*@requiresScopes/],
    ],
    [
      "a list of objects with what is masked",
      { name: "homes", items: { properties: [{ name: "street", ...NULLIFIED }] } },
      [/homes: \[PetHomes\]\n/, /street: String @mask\(strategy: NULLIFY\)/],
    ],
    [
      "what is a list and an object at once",
      {
        name: "at",
        properties: [{ name: "street", ...NULLIFIED }],
        items: { ...RESTRICTED, properties: [{ name: "town", ...RESTRICTED }] },
      },
      [
        /at: \[PetAt\] .*@requiresScopes/,
        /street: String @mask\(strategy: NULLIFY\)/,
        /town: String .*@requiresScopes/,
      ],
    ],
    [
      "an object that is called a text",
      { name: "at", logicalType: "string", properties: [{ name: "street", ...RESTRICTED }] },
      [/at: PetAt\n/, /street: String .*@requiresScopes/],
    ],
    [
      "an object that is called a list",
      { name: "at", logicalType: "array", properties: [{ name: "street", ...RESTRICTED }] },
      [/at: \[PetAt\]\n/, /street: String .*@requiresScopes/],
    ],
    [
      "an object that has values of ours",
      { name: "at", ...ruled("dpgValues", ["A"]), properties: [{ name: "street", ...RESTRICTED }] },
      [/at: PetAt\n/, /street: String .*@requiresScopes/],
    ],
  ])("guards %s by its parts, whatever its logical type says", (_name, property, guards) => {
    const document = pets(property);
    const { sdl } = importStandard(document);
    for (const guard of guards) expect(sdl).toMatch(guard);
    expect(exportedAgain(document)).toEqual(document);
  });

  test.each<[string, Members, RegExp]>([
    ["states none", ruled("dpgMask", []), /chips: \[String\] @mask\(strategy: NULLIFY\)\n/],
    ["states the same", NULLIFIED, /chips: \[String\] @mask\(strategy: NULLIFY\)\n/],
    [
      "states another one",
      ruled("dpgMask", [{ strategy: "HASH" }]),
      /chips: \[String\] @mask\(strategy: HASH\) @mask\(strategy: NULLIFY\)\n/,
    ],
  ])("masks a list as its items are masked where the list %s", (_name, own, guard) => {
    const document = pets({ name: "chips", logicalType: "array", items: NULLIFIED, ...own });
    expect(importStandard(document).sdl).toMatch(guard);
    expect(exportedAgain(document)).toEqual(document);
  });

  test("takes the scopes of a list and of its items together", () => {
    const scopes = (name: string) => ruled("dpgRequiresScopes", [{ scopes: [[name]] }]);
    const { sdl } = importStandard(pets({ name: "chips", items: scopes("b"), ...scopes("a") }));
    expect(sdl).toContain('chips: [String] @requiresScopes(scopes: [["a", "b"]])');
  });

  test("whose list and items allow no purpose in common is refused, not opened", () => {
    const allow = (name: string) => ruled("dpgPurpose", [{ allow: [name] }]);
    expect(() => importStandard(pets({ name: "chips", items: allow("B"), ...allow("A") }))).toThrow(
      expect.objectContaining({
        code: "STANDARD_DOCUMENT_INVALID",
        message: expect.stringContaining("dpgPurpose of a list and of its items: no purpose"),
      }),
    );
  });

  test("gives nested objects of one name a type each where their rules differ", () => {
    const restricted = { ...STREET, classification: "restricted" };
    const document = pets(nested("home", "Place", STREET), nested("vet", "Place", restricted));
    const { sdl } = importStandard(document);
    expect(sdl).toContain("home: Place\n  vet: Place2\n");
    expect(sdl).toMatch(/type Place2 \{\n {2}street: String.*@requiresScopes/);
    expect(exportedAgain(document)).toEqual(document);
    expect(
      importStandard(pets(nested("home", "Place", STREET), nested("vet", "Place", STREET))).sdl,
    ).toContain("home: Place\n  vet: Place\n");
  });

  test("gives nested objects of one name a type each where only one has a guarded part", () => {
    const at = nested("at", "row", { name: "street", ...RESTRICTED });
    const { sdl } = importStandard(
      pets(nested("home", "Place", { ...STREET, name: "at" }), nested("vet", "Place", at)),
    );
    expect(sdl).toContain("home: Place\n  vet: Place2\n");
    expect(sdl).toMatch(/street: String .*@requiresScopes/);
  });

  describe("of two classifications of one place", () => {
    const level = (name: string, categories: readonly string[] = []) =>
      ruled("dpgClassification", [{ level: name, categories }]);
    const CLOSED =
      /chip: String @classification\(level: RESTRICTED.*@requiresScopes\(scopes: \[\["pet:restricted"\]\]\)/;
    test.each<[string, Members, RegExp]>([
      ["PUBLIC in our words, restricted in the standard's", { ...level("PUBLIC"), ...RESTRICTED }, CLOSED],
      [
        "INTERNAL in our words, restricted in the standard's",
        { ...level("INTERNAL"), ...RESTRICTED },
        CLOSED,
      ],
      [
        "CONFIDENTIAL in our words, internal in the standard's",
        { ...level("CONFIDENTIAL"), classification: "internal" },
        /chip: String @classification\(level: CONFIDENTIAL[^)]*\)\n/,
      ],
      [
        "RESTRICTED in our words, public in the standard's",
        {
          customProperties: [...level("RESTRICTED").customProperties, ...NULLIFIED.customProperties],
          classification: "public",
        },
        /chip: String .*@classification\(level: RESTRICTED/,
      ],
    ])("the more restrictive is taken: %s", (_name, words, line) => {
      expect(importStandard(pets({ name: "chip", ...words })).sdl).toMatch(line);
    });

    test("the categories of both are kept", () => {
      const both = [
        { property: "dpgClassification", value: [{ level: "INTERNAL", categories: ["CONTACT"] }] },
        { property: "dpgCategories", value: ["PHONE"] },
      ];
      const { sdl } = importStandard(
        pets({ name: "chip", classification: "confidential", customProperties: both }),
      );
      expect(sdl).toContain('@classification(level: CONFIDENTIAL, categories: ["CONTACT", "PHONE"])');
    });

    test("a list and its items are one place", () => {
      const { sdl } = importStandard(
        pets({ name: "chips", items: { ...level("CONFIDENTIAL", ["B"]) }, ...level("PUBLIC", ["A"]) }),
      );
      expect(sdl).toContain('chips: [String] @classification(level: CONFIDENTIAL, categories: ["A", "B"])');
    });
  });

  test.each([
    ["the second of a name", [{ ...STREET, ...NULLIFIED }, STREET]],
    ["the first of a name", [STREET, { ...STREET, ...NULLIFIED }]],
    [
      "one that gets the same name",
      [
        { ...STREET, ...NULLIFIED },
        { ...STREET, name: "street2" },
      ],
    ],
  ])("gives nested objects of one name a type each where %s is guarded in one only", (_name, known) => {
    const guarded = { ...STREET, ...NULLIFIED };
    const { sdl } = importStandard(
      pets(nested("home", "Place", ...known), nested("vet", "Place", guarded, { ...guarded })),
    );
    expect(sdl).toContain("home: Place\n  vet: Place2\n");
    expect(sdl).toMatch(/type Place2 \{\n {2}street: String @mask.*\n {2}street2: String @mask/);
  });

  test("gives nested objects with the same properties, two of one name, one type", () => {
    const parts = [{ ...STREET, ...NULLIFIED }, STREET];
    const { sdl } = importStandard(pets(nested("home", "Place", ...parts), nested("vet", "Place", ...parts)));
    expect(sdl).toContain("home: Place\n  vet: Place\n");
  });

  test("takes a classification with blanks around it at its word", () => {
    const document = pets({ name: "chip", classification: " restricted " });
    expect(importStandard(document).sdl).toContain("level: RESTRICTED");
    expect(exportedAgain(document)).toEqual(document);
  });

  test.each<[string, Json]>([
    ["no list", { strategy: "NULLIFY" }],
    ["a strategy that there is not", [{ strategy: "NOPE" }]],
    ["no arguments", [["NULLIFY"]]],
  ])("whose mask has %s is refused, not opened", (_name, value) => {
    expect(() => importStandard(pets({ name: "chip", ...ruled("dpgMask", value) }))).toThrow(
      expect.objectContaining({
        code: "STANDARD_DOCUMENT_INVALID",
        message: expect.stringContaining("dpgMask"),
      }),
    );
  });

  test("applies every mask that it states, in one entry or in two", () => {
    const mask = (strategy: string) => ({ property: "dpgMask", value: [{ strategy }] });
    const { sdl } = importStandard(
      pets({ name: "chip", customProperties: [mask("NULLIFY"), mask("REDACT")] }),
    );
    expect(sdl).toContain("@mask(strategy: NULLIFY) @mask(strategy: REDACT)");
  });

  test("promises no milliseconds where days were promised, and of one element nothing", () => {
    const levels = (...slaProperties: readonly Members[]) =>
      importStandard(contract([{ name: "pet" }], { slaProperties })).descriptor.serviceLevels;
    expect(levels({ property: "latency", value: 4, unit: "d" }).latencyP95Ms).toBe(60_000);
    expect(levels({ property: "latency", value: 4, unit: "ms" }).latencyP95Ms).toBe(4);
    expect(
      levels({ property: "availability", value: 99, unit: "percent", element: "pet" }).availability,
    ).toBe(0);
  });

  test.each([
    ["a member that copies lose", '{"__proto__":1}', /__proto__/],
    ["half a character", '"\\ud800"', /half/],
    ["a character that no database takes", '{"\\u0000":1}', /U\+0000/],
  ])("with %s is refused", (_name, value, message) => {
    const text = JSON.stringify(contract([{ name: "pet" }], ruled("a", "VALUE")));
    const document: unknown = JSON.parse(text.replace('"VALUE"', value));
    expect(() => importStandard(document)).toThrow(
      expect.objectContaining({ code: "STANDARD_DOCUMENT_INVALID", message: expect.stringMatching(message) }),
    );
  });
});

test.each<[string, Members]>([
  [
    "contract",
    contract([{ name: "pet" }], { team: [{ username: "jdoe", name: "Jane Doe", role: "owner" }] }),
  ],
  ["product", product({ team: [{ username: "jdoe", name: "Jane Doe", role: "owner" }] })],
])("the name of who owns an imported %s is not told to everybody as its team's", (_name, document) => {
  const { facts, descriptor } = importedFacts(document);
  expect(descriptor.owner.team).toBe("pet-domain");
  for (const open of openDocuments(facts)) expect(JSON.stringify(open)).not.toContain("Jane");
  expect(JSON.stringify(exportedAgain(document))).toContain("Jane Doe");
});
