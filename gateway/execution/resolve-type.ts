import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from "graphql";
import type { Delivery, FieldShape, ObjectShape, RowCheck, SelectionShape } from "./operation-shape.ts";

/** Finds the shape for an object of merged data; undefined for a type that clients do not see. */
export type ResolveShape = (object: Readonly<Record<string, unknown>>) => ObjectShape | undefined;

/** Prepares {@link ResolveShape} for a selection on a field that is declared with this type. */
export type TypeResolver = (selection: SelectionShape, declared: GraphQLOutputType) => ResolveShape;

/**
 * Objects of an object type need no look at their `__typename`. Where an interface object answered, data has
 * the interface's name or none: then it is delivered if all types have the same fields and decisions.
 */
export function typeResolver(schema: GraphQLSchema): TypeResolver {
  return (selection, declared) => {
    const { byType } = selection;
    const only = staticShape(selection, declared);
    if (only) return () => only;
    const uniform = uniformShape(selection);
    return (object) => {
      const name = object.__typename;
      const shape = typeof name === "string" ? byType.get(name) : undefined;
      if (shape || uniform === undefined) return shape;
      if (name === undefined || name === null) return uniform;
      return typeof name === "string" && isAbstractType(schema.getType(name)) ? uniform : undefined;
    };
  };
}

/** The only shape that values of the declared type can have, or undefined where their `__typename` decides. */
export function staticShape(selection: SelectionShape, declared: GraphQLOutputType): ObjectShape | undefined {
  const named = getNamedType(declared);
  return isObjectType(named) ? selection.byType.get(named.name) : undefined;
}

/** The shape of an object of unknown type, where all types are delivered alike. */
export function uniformShape(selection: SelectionShape): ObjectShape | undefined {
  const [first, ...others] = selection.byType.values();
  if (!first || first.fields.some(({ fieldName }) => fieldName === "__typename")) return undefined;
  return others.every((other) => sameShape(first, other)) ? first : undefined;
}

function sameShape(a: ObjectShape, b: ObjectShape): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every((field, index) => sameField(field, b.fields[index])) &&
    sameChecks(a.rowChecks, b.rowChecks)
  );
}

function sameChecks(a: readonly RowCheck[], b: readonly RowCheck[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ key, rule }, index) => key === b[index]?.key && rule.key === b[index]?.rule.key)
  );
}

function sameField(a: FieldShape, b: FieldShape | undefined): boolean {
  return (
    b !== undefined &&
    a.responseKey === b.responseKey &&
    a.fieldName === b.fieldName &&
    String(a.type) === String(b.type) &&
    a.selection === b.selection &&
    sameDelivery(a.delivery, b.delivery) &&
    // Where both are counted, the deliveries of unknown objects count for the first type.
    (a.counted === null) === (b.counted === null) &&
    sameChecks(a.checks, b.checks)
  );
}

function sameDelivery(a: Delivery, b: Delivery): boolean {
  if (a.kind === "masked" && b.kind === "masked") return a.mask.key === b.mask.key;
  if (a.kind === "checked" && b.kind === "checked") return a.conforms === b.conforms;
  return a.kind === b.kind;
}
