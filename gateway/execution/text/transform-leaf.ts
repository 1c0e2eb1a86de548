import { type GraphQLOutputType, getNullableType, isListType, isNonNullType } from "graphql";
import { leafOf, leafWriter } from "../leaf-text.ts";
import type { FieldShape } from "../operation-shape.ts";
import { applyMask, becomesEmpty } from "../shape-response.ts";
import { readLeaf } from "./read-leaf.ts";

/** From the text of a leaf, or of a list of leaves, to the text that is shown; "" for null. */
export type TransformLeaf = (text: string) => string;

/**
 * Compiles the delivery of a leaf that is not simply cut out: masked, checked, counted, or shown in some rows.
 * The function throws where a value does not fit.
 */
export function compileTransform(field: FieldShape): TransformLeaf {
  const type = getNullableType(field.type);
  if (isListType(type) && becomesEmpty(field)) return (text) => (text === "null" ? "" : "[]");
  const { delivery } = field;
  const { coerce, text: write } = leafWriter(leafOf(type));
  const show = (value: unknown): unknown => {
    const coerced = coerce(value);
    if (coerced === undefined || (delivery.kind === "checked" && !delivery.conforms(coerced)))
      throw DOES_NOT_FIT;
    return delivery.kind === "masked" ? applyMask(delivery.mask, coerced, coerce) : coerced;
  };
  const complete = (value: unknown, of: GraphQLOutputType): string => {
    if (value === null) return "";
    const inner = getNullableType(of);
    if (!isListType(inner)) {
      const shown = show(value);
      return shown === null || shown === undefined ? "" : write(shown);
    }
    if (!Array.isArray(value)) throw DOES_NOT_FIT;
    const items = value.map((item: unknown) => complete(item, inner.ofType));
    if (isNonNullType(inner.ofType) && items.includes("")) return "";
    return `[${items.map((item) => (item === "" ? "null" : item)).join()}]`;
  };
  return (text) => complete(readLeaf(text), type);
}

const DOES_NOT_FIT = new Error("a value does not fit its type");
