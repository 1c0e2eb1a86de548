import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from "graphql";
import { canonicalDirective, resolveLinks } from "../../shared/resolve-links.ts";

/** The names of the tags at each coordinate; coordinates without tags are missing. */
export type Tags = ReadonlyMap<string, ReadonlySet<string>>;

const TAG_IDENTITY = "https://specs.apollo.dev/tag";

/** What the `@tag`s of a supergraph SDL say, under whatever name they are linked (https://specs.apollo.dev/tag/v0.3). */
export function readTags(supergraph: DocumentNode): Tags {
  const links = resolveLinks(supergraph).filter(({ identity }) => identity === TAG_IDENTITY);
  const found = new Map<string, ReadonlySet<string>>();
  const isTag = ({ name }: ConstDirectiveNode) =>
    links.some((link) => canonicalDirective(link, name.value) === "tag");
  const note = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    const names = directives.filter(isTag).flatMap(tagName);
    if (names.length > 0) found.set(coordinate, new Set([...(found.get(coordinate) ?? []), ...names]));
  };
  visit(supergraph, {
    ScalarTypeDefinition: ({ name, directives }) => note(name.value, directives),
    UnionTypeDefinition: ({ name, directives }) => note(name.value, directives),
    EnumTypeDefinition: ({ name, directives, values = [] }) => {
      note(name.value, directives);
      for (const value of values) note(`${name.value}.${value.name.value}`, value.directives);
    },
    InputObjectTypeDefinition: ({ name, directives, fields = [] }) => {
      note(name.value, directives);
      for (const field of fields) note(`${name.value}.${field.name.value}`, field.directives);
    },
    ObjectTypeDefinition: (node) => noteFields(node),
    InterfaceTypeDefinition: (node) => noteFields(node),
  });
  return found;

  function noteFields({ name, directives, fields = [] }: FieldsNode): void {
    note(name.value, directives);
    for (const field of fields) {
      const coordinate = `${name.value}.${field.name.value}`;
      note(coordinate, field.directives);
      for (const input of field.arguments ?? [])
        note(`${coordinate}(${input.name.value}:)`, input.directives);
    }
  }
}

type FieldsNode = Extract<
  DocumentNode["definitions"][number],
  { kind: Kind.OBJECT_TYPE_DEFINITION | Kind.INTERFACE_TYPE_DEFINITION }
>;

function tagName({ arguments: inputs = [] }: ConstDirectiveNode): readonly string[] {
  const value = inputs.find(({ name }) => name.value === "name")?.value;
  return value?.kind === Kind.STRING ? [value.value] : [];
}
