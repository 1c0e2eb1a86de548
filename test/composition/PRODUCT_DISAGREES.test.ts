import { describe, expect, it, test } from "vitest";
import { compose } from "../../gateway/registry/compose.ts";
import { describePets, petSchema } from "../testkit/describe-product.ts";

const PRODUCT = `@dataProduct(id: "pet.pets", domain: "pet", version: "1.0.0", status: ACTIVE)`;
const OWNER = `@owner(team: "pet-team", contact: "pets@example.com")`;

function composed(sdl: string, product: string | null) {
  return compose([{ name: "pet", url: "http://127.0.0.1:1/", sdl, product }]);
}

const findings = (sdl: string, product: string) =>
  composed(sdl, product).findings.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

describe("a descriptor beside its schema", () => {
  it.each([
    ["says the same", `${PRODUCT} ${OWNER}`],
    ["says what the schema leaves out", ""],
  ])("%s: both count once", (_name, directives) => {
    const result = composed(petSchema(directives), describePets());
    expect(result).toMatchObject({ kind: "composed", findings: [] });
    if (result.kind === "refused") return;
    const { governance, products } = result.artifact;
    expect(governance.rules.filter(({ coordinate }) => coordinate === "Pet")).toMatchObject([
      { directive: "dataProduct", applications: [{ id: "pet.pets", version: "1.0.0" }] },
      { directive: "owner", applications: [{ team: "pet-team" }], subgraphs: ["pet"] },
    ]);
    expect(products).toMatchObject([
      { subgraph: "pet", descriptor: { id: "pet.pets", outputPorts: [{ type: "Pet" }] } },
    ]);
  });

  it.each([
    ["version", PRODUCT.replace("1.0.0", "1.1.0"), "version 1.1.0, product.yaml says 1.0.0"],
    ["status", PRODUCT.replace("ACTIVE", "DRAFT"), "status DRAFT, product.yaml says ACTIVE"],
    ["domain", PRODUCT.replace(`domain: "pet"`, `domain: "zoo"`), "domain zoo, product.yaml says pet"],
    [
      "id",
      PRODUCT.replace("pet.pets", "pet.cats"),
      "output port of pet.pets, but @dataProduct says pet.cats",
    ],
    ["team", OWNER.replace("pet-team", "cats"), "team cats, product.yaml says pet-team"],
    [
      "contact",
      OWNER.replace("pets@", "cats@"),
      "contact cats@example.com, product.yaml says pets@example.com",
    ],
  ])("is refused where the %s differs, naming both", (_name, directive, message) => {
    const refused = composed(petSchema(directive), describePets());
    expect(refused.kind).toBe("refused");
    expect(refused.findings).toMatchObject([
      {
        severity: "error",
        code: "PRODUCT_DISAGREES",
        coordinate: "Pet",
        message: expect.stringContaining(message),
      },
    ]);
  });

  it("is refused where an entity of the product is no output port", () => {
    const sdl = `${petSchema(PRODUCT)} type Cage ${PRODUCT} @key(fields: "id") { id: ID! }`;
    expect(findings(sdl, describePets())).toEqual([
      "error PRODUCT_DISAGREES Cage: @dataProduct ties it to pet.pets, whose outputPorts do not name it.",
    ]);
  });
});

test("an output port that the schema does not have is refused", () => {
  const product = describePets({ outputPorts: [{ type: "Cat", description: "A cat." }] });
  expect(findings(petSchema(OWNER), product)).toEqual([
    "error PRODUCT_PORT_UNKNOWN product.yaml: outputPorts: pet has no type Cat.",
  ]);
});

test("a rule of quality on what is not there is refused", () => {
  const product = describePets({
    quality: [
      { name: "nick-set", rule: "notNull", on: "Pet.nick" },
      { name: "owner-known", rule: "reference", on: "Pet.name", to: "Person.id" },
      { name: "there", rule: "rowCount", on: "Pet", min: 1 },
    ],
  });
  expect(findings(petSchema(), product)).toEqual([
    "error PRODUCT_FIELD_UNKNOWN product.yaml: quality: nick-set: there is no Pet.nick.",
    "warning PRODUCT_FIELD_UNKNOWN product.yaml: quality: owner-known: there is no Person.id.",
  ]);
});

test("a descriptor that is none is a finding with the entry and a remedy", () => {
  const [finding] = composed(petSchema(), describePets({ owner: undefined })).findings;
  expect(finding).toMatchObject({
    severity: "error",
    code: "PRODUCT_DESCRIPTOR_INVALID",
    subgraphs: ["pet"],
  });
  expect(finding?.message).toContain("owner:");
  expect(finding?.remedy).not.toBe("");
});

test("a product is described once", () => {
  const zoo = `${petSchema()}`.replaceAll("Pet", "Beast").replace("pet(", "beast(");
  const product = describePets({ outputPorts: [{ type: "Beast", description: "A beast." }] });
  const { findings: found } = compose([
    { name: "pet", url: "http://127.0.0.1:1/", sdl: petSchema(), product: describePets() },
    { name: "zoo", url: "http://127.0.0.1:1/", sdl: zoo, product },
  ]);
  expect(found.map(({ code, subgraphs }) => [code, subgraphs])).toContainEqual(["PRODUCT_ID_TAKEN", ["zoo"]]);
});

test("an input that nobody offers is a warning", () => {
  const inputPorts = [
    { product: "zoo.beasts", description: "Their cousins." },
    { dataset: "warehouse/pets", description: "The table." },
  ];
  expect(findings(petSchema(), describePets({ inputPorts }))).toEqual([
    "warning PRODUCT_INPUT_UNKNOWN product.yaml: inputPorts: nobody offers zoo.beasts.",
  ]);
});
