import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DirectiveNode,
  Kind,
  type ValueNode,
} from "graphql";
import { z } from "zod";

/** An enum value as written in SDL, told apart from a string: `EMAIL`, not `"EMAIL"`. */
class EnumLiteral {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Accepts one of the names, written as an enum value; a string in its place is refused (governance.md §6). */
export function enumValue<const Name extends string>(names: readonly Name[]): z.ZodType<Name> {
  return z.unknown().transform((value, context) => {
    const name = value instanceof EnumLiteral ? names.find((item) => item === value.name) : undefined;
    if (name !== undefined) return name;
    context.addIssue({ code: "custom", message: `expected one of ${names.join(", ")} as an enum value` });
    return z.NEVER;
  });
}

/** A non-empty list of non-empty lists of names: OR of ANDs; nothing is coerced to a list. */
export const anyOfAllOf = z.array(z.array(z.string().min(1)).min(1)).min(1);

/** The arguments of an applied directive as plain values; enum values stay distinguishable. */
export function readArguments(node: DirectiveNode | ConstDirectiveNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries((node.arguments ?? []).map((item) => [item.name.value, plainValue(item.value)]));
}

function plainValue(node: ValueNode | ConstValueNode): unknown {
  switch (node.kind) {
    case Kind.ENUM:
      return new EnumLiteral(node.value);
    case Kind.LIST:
      return node.values.map(plainValue);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, plainValue(field.value)]));
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.VARIABLE:
      return undefined;
    default:
      return node.value;
  }
}
