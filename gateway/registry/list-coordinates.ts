import { type DocumentNode, Kind } from "graphql";

/** Every place of a schema that a rule may stand on: `schema`, `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
export function listCoordinates(document: DocumentNode): ReadonlySet<string> {
  const found = new Set<string>(["schema"]);
  for (const node of document.definitions) {
    if (!("name" in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) continue;
    const type = node.name.value;
    found.add(type);
    if ("values" in node) for (const value of node.values ?? []) found.add(`${type}.${value.name.value}`);
    if ("fields" in node)
      for (const field of node.fields ?? []) {
        found.add(`${type}.${field.name.value}`);
        if ("arguments" in field)
          for (const input of field.arguments ?? [])
            found.add(`${type}.${field.name.value}(${input.name.value}:)`);
      }
  }
  return found;
}
