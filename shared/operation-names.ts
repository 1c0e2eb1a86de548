import { type DocumentNode, visit } from "graphql";

/** Those that validation finds in the schema. */
export function namesOfSchema(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const add = ({ name }: { readonly name: { readonly value: string } }) => void names.add(name.value);
  visit(document, {
    Field: add,
    Argument: add,
    ObjectField: add,
    NamedType: add,
    EnumValue: ({ value }) => void names.add(value),
  });
  return names;
}

/** Those that whoever wrote the text was free to choose. */
export function namesOfClient(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: { readonly value: string } | undefined) => {
    if (name) names.add(name.value);
  };
  visit(document, {
    Field: ({ alias }) => add(alias),
    Variable: ({ name }) => add(name),
    OperationDefinition: ({ name }) => add(name),
    FragmentDefinition: ({ name }) => add(name),
    FragmentSpread: ({ name }) => add(name),
  });
  return names;
}
