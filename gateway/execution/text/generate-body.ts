import { type GraphQLOutputType, getNullableType, isNonNullType } from "graphql";
import type { RowRule } from "../../../shared/define-directive.ts";
import { checkKey } from "../generate-code.ts";
import type { FieldShape, ObjectShape, RowCheck, SelectionShape } from "../operation-shape.ts";
import { cutLeaves } from "./cut-leaves.ts";
import type { SelectionLayout } from "./layout.ts";
import { type FindSource, type Source, sourceOfField, valueExpression } from "./source.ts";
import type { SourceBuilder } from "./source-builder.ts";
import { compileTransform } from "./transform-leaf.ts";

/** A composite field of an object that is being written. */
export interface CompositeField {
  readonly selection: SelectionShape;
  readonly layout: SelectionLayout;
  /** Of the field; nullable. */
  readonly type: GraphQLOutputType;
  readonly fetch: number;
  readonly responseKey: string;
}

/** The name of a function that writes an object, or a list, from its record, which is not -1. */
export type WriteComposite = (field: CompositeField) => string;

/**
 * Generates the statements of functions that write one object, each with `x` a record below, `t` the text of a field
 * and `s` the text so far. They return "" for null and "-" for a hidden object, and throw `B` to give up.
 */
export class BodyGenerator {
  /** Rules of row checks; generated code finds them, bound to the request, in `K` at the same index. */
  readonly rules: RowRule[] = [];
  readonly #builder: SourceBuilder;

  constructor(builder: SourceBuilder) {
    this.#builder = builder;
  }

  /** The statements that write an object whose fields are where `find` says. */
  body(shape: ObjectShape, find: FindSource, composite: WriteComposite): string {
    const checks = shape.rowChecks.map((check) => `if(!${this.#holds(check, find)})return "-";`).join("");
    if (shape.fields.some((field) => field.delivery.kind === "denied" && isNonNullType(field.type)))
      return `${checks}return "";`;
    let code = `let x,t,s="";`;
    let constant = "{";
    for (let index = 0; index < shape.fields.length; ) {
      const field = shape.fields[index];
      if (!field) break;
      constant += index === 0 ? "" : ",";
      const fixed = fixedText(shape, field);
      const leaves = fixed === null ? cutLeaves(shape.fields, index, find) : null;
      if (leaves === null) constant += `"${checkKey(field.responseKey)}":${fixed ?? ""}`;
      if (fixed === null) {
        const { before, text } = leaves ?? this.#field(field, find, composite);
        code += `${before}s+=${JSON.stringify(constant)}+${text};`;
        constant = "";
      }
      index += leaves?.length ?? 1;
    }
    return `${checks}${code}return s+${JSON.stringify(`${constant}}`)};`;
  }

  #field(
    field: FieldShape,
    find: FindSource,
    composite: WriteComposite,
  ): { readonly before: string; readonly text: string } {
    if (field.fieldName.startsWith("__")) {
      return { before: "", text: `(I.get("${checkKey(field.responseKey)}")??"null")` };
    }
    const found = sourceOfField(field, find);
    const { record, mayMiss } = found;
    const checks = field.checks.map((check) => this.#holds(check, find)).join("&&");
    const value = this.#value(field, found, composite);
    const counted = this.#count(field, find);
    if (isNonNullType(field.type)) {
      const hidden = checks === "" ? "" : `if(!(${checks}))return "";`;
      const missing = mayMiss ? `if(${record}<0)throw B;` : "";
      return { before: `${hidden}${missing}t=${value};if(t===""||t==="-")return "";${counted}`, text: "t" };
    }
    const present = [...(mayMiss ? [`${record}>=0`] : []), ...(checks === "" ? [] : [checks])].join("&&");
    const compute = present === "" ? `t=${value};` : `t=${present}?${value}:"";`;
    const counting = counted === "" ? "" : `if(t!=="")${counted}`;
    return { before: `${compute}if(t==="-")t="";${counting}`, text: `(t===""?"null":t)` };
  }

  /** The expression that writes a field whose record is there; it gives "" for null. */
  #value(field: FieldShape, { fetch, field: layout, record }: Source, composite: WriteComposite): string {
    const tape = `T[${record}+${layout.slot}]`;
    if (layout.selection && field.selection) {
      const { responseKey, selection } = field;
      const type = getNullableType(field.type);
      const write = composite({ selection, layout: layout.selection, type, fetch, responseKey });
      return `((x=${tape})<0?"":${write}(x))`;
    }
    const transform = this.#builder.constant(compileTransform(field));
    return `${transform}(S${fetch}.slice(${tape},T[${record}+${layout.slot + 1}]))`;
  }

  /** The expression that tells whether the object passes a check. */
  #holds({ key, rule }: RowCheck, find: FindSource): string {
    const known = this.rules.findIndex((item) => item.key === rule.key);
    const index = known >= 0 ? known : this.rules.push(rule) - 1;
    return `K[${index}](${valueExpression(find(key))})`;
  }

  /** The statement that counts a delivery; nothing for nearly all fields. */
  #count({ counted }: FieldShape, find: FindSource): string {
    if (counted === null) return "";
    const keys = counted.subjectKeys.map((key) => `${checkKey(key)}:${valueExpression(find(key))}`);
    return `Y.add(${this.#builder.constant(counted)},{${keys.join()}});`;
  }
}

/** The text of a field that is the same for all objects; null for others. */
function fixedText(shape: ObjectShape, field: FieldShape): string | null {
  if (field.delivery.kind === "denied") return "null";
  return field.fieldName === "__typename" ? `"${checkKey(shape.typeName)}"` : null;
}
