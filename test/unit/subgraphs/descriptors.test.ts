import { readFileSync } from "node:fs";
import { parse, visit } from "graphql";
import { describe, expect, it } from "vitest";
import { parseProductDescriptor } from "../../../shared/product-descriptor.ts";
import { subgraphDirectories } from "../../../subgraphs/generate-types.ts";

describe.each(
  subgraphDirectories().map((directory) => [directory.pathname.split("/").at(-2), directory] as const),
)("%s", (name, directory) => {
  const document = parse(readFileSync(new URL("schema.graphql", directory), "utf8"));
  const descriptor = parseProductDescriptor(
    readFileSync(new URL("product.yaml", directory), "utf8"),
    "product.yaml",
  );

  it("has a descriptor of its domain that says the same as its SDL", () => {
    expect(descriptor.domain).toBe(name);
    const stated: unknown[] = [];
    visit(document, {
      Directive: ({ name: directive, arguments: args = [] }) => {
        if (directive.value !== "dataProduct") return;
        stated.push(
          Object.fromEntries(
            args.map((arg) => [arg.name.value, "value" in arg.value ? arg.value.value : null]),
          ),
        );
      },
    });
    const { id, domain, version, status } = descriptor;
    expect(stated).toEqual([{ id, domain, version, status }]);
  });

  it("describes every type, field, argument and value", () => {
    const silent: string[] = [];
    const check = (node: { readonly description?: unknown; readonly name: { readonly value: string } }) => {
      if (!node.description) silent.push(node.name.value);
    };
    visit(document, {
      ScalarTypeDefinition: check,
      EnumTypeDefinition: check,
      EnumValueDefinition: check,
      ObjectTypeDefinition: (node) => {
        if (!["Query", "Mutation"].includes(node.name.value)) check(node);
      },
      InputObjectTypeDefinition: check,
      FieldDefinition: check,
      InputValueDefinition: check,
    });
    expect(silent).toEqual([]);
  });
});
