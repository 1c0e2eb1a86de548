import { expect, test } from "vitest";
import { compareSchemas } from "../../../../gateway/console/compare-schemas.ts";

const before = `type Customer
  @owner(team: "crm")
{
  id: ID!
  email: String @mask(strategy: EMAIL)
}

type Order {
  id: ID!
}
`;

test("tells what is new and what is gone, with the definition it is in", () => {
  const after = before
    .replace(" @mask(strategy: EMAIL)", "")
    .replace("  id: ID!\n}\n", "  id: ID!\n  total: Int\n}\n");
  expect(compareSchemas(before, after)).toEqual([
    { kind: "removed", within: "type Customer", text: "email: String @mask(strategy: EMAIL)" },
    { kind: "added", within: "type Customer", text: "email: String" },
    { kind: "added", within: "type Order", text: "total: Int" },
  ]);
});

test("the order of definitions and of lines is no difference", () => {
  const [customer = "", order = ""] = before.split("\n\n");
  expect(compareSchemas(before, `${order}\n\n${customer}\n`)).toEqual([]);
});

test("of the first generation everything is new", () => {
  expect(compareSchemas("", before).every(({ kind }) => kind === "added")).toBe(true);
});

test("a description belongs to what comes after it", () => {
  const described = (text: string) =>
    `${before}\n"""${text}"""\nscalar Money\n\n"""\nAnother.\n"""\nenum Unit {\n  KG\n}\n`;
  expect(compareSchemas(described("Euros."), described("Cents."))).toEqual([
    { kind: "removed", within: "scalar Money", text: "Euros." },
    { kind: "added", within: "scalar Money", text: "Cents." },
  ]);
  expect(compareSchemas(before, described("Euros.")).map(({ within, text }) => `${within}: ${text}`)).toEqual(
    [
      "enum Unit: Another.",
      "enum Unit: enum Unit {",
      "enum Unit: KG",
      "scalar Money: Euros.",
      "scalar Money: scalar Money",
    ],
  );
});
