import { type Change, ChangeType } from "@graphql-inspector/core";

/**
 * The coordinates by which recorded usage (`gateway/usage/used-coordinates.ts`) shows who would notice a change of
 * the API, or null where usage cannot tell.
 */
export function touchedCoordinates({ type, path = "" }: Change): readonly string[] | null {
  const [owner = "", member = "", argument = ""] = path.split(".");
  switch (type) {
    case ChangeType.FieldRemoved:
    case ChangeType.FieldTypeChanged:
    // Whoever uses the field has to give what it now asks for.
    case ChangeType.FieldArgumentAdded:
    case ChangeType.FieldArgumentTypeChanged:
      return [`${owner}.${member}`];
    case ChangeType.FieldArgumentRemoved:
      return [`${owner}.${member}(${argument}:)`];
    case ChangeType.InputFieldRemoved:
    case ChangeType.EnumValueRemoved:
      return [`${owner}.${member}`, `${owner}.*`];
    case ChangeType.InputFieldAdded:
    case ChangeType.InputFieldTypeChanged:
    case ChangeType.TypeRemoved:
    case ChangeType.TypeKindChanged:
    case ChangeType.ObjectTypeInterfaceRemoved:
    case ChangeType.UnionMemberRemoved:
      return [owner];
    default:
      return null;
  }
}
