import {
  type GraphQLNullableType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isListType,
  isNonNullType,
} from "graphql";
import type { RowRule } from "../../shared/define-directive.ts";
import { checkKey, generateCode, memberOf } from "./generate-code.ts";
import { jsonText, type LeafWriter, leafOf, leafWriter, NEEDS_ESCAPE } from "./leaf-text.ts";
import type { FieldShape, ObjectShape, OperationShape, RowCheck, SelectionShape } from "./operation-shape.ts";
import { staticShape, uniformShape } from "./resolve-type.ts";
import { applyMask, becomesEmpty, type ShapeRequest } from "./shape-response.ts";

type BoundRule = ReturnType<RowRule["bind"]>;

/** The JSON text of `data`; null where something is wrong with it, for the complete writer to say what. */
export type FastWriter = (data: Readonly<Record<string, unknown>>, request: ShapeRequest) => string | null;

/**
 * Compiles the shape to generated code: the same text as {@link ./shape-response.ts} gives, for data in which
 * nothing needs an error. Null where code generation is disallowed.
 */
export function compileFastWriter(shape: OperationShape, schema: GraphQLSchema): FastWriter | null {
  const generator = new WriterGenerator(schema);
  const root = generator.object(shape.root);
  const run = generateCode<
    (data: unknown, rules: readonly BoundRule[], texts: unknown, tally: unknown) => string
  >(generator.constants, generator.source(root));
  if (!run) return null;
  const { rules } = generator;
  return (data, request) => {
    try {
      const text = run(
        data,
        rules.map((rule) => rule.bind(request)),
        request.introspection,
        request.tally,
      );
      return text.length < 2 ? "null" : text;
    } catch {
      // Thrown by the generated code itself, by a mask or by JSON.stringify: the complete writer repeats it.
      return null;
    }
  };
}

/**
 * In generated code `v` is an object, `a` a list, `x` a value, `t` a text, `s` the text so far; `B` is thrown to
 * give up. Functions give "" for null and "-" for a hidden object, as the complete writer does.
 */
class WriterGenerator {
  readonly constants: unknown[] = [NEEDS_ESCAPE, jsonText];
  /** Rules of row checks; generated code finds them, bound to the request, in `K` at the same index. */
  readonly rules: RowRule[] = [];
  readonly #schema: GraphQLSchema;
  readonly #functions: string[] = [];
  #names = 0;
  readonly #leaves = new Map<string, string>();
  readonly #lists = new Map<string, string>();
  readonly #selections = new Map<SelectionShape, string>();
  readonly #objects = new Map<ObjectShape, string>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The whole source; `root` is the function that writes the operation's root object. */
  source(root: string): string {
    return `const E=c[0],W=c[1],B=new Error("give up");let K,I,T;
function q(x){return E.test(x)?W(x):'"'+x+'"'}
${this.#functions.join("\n")}
return (data,rules,texts,tally)=>{K=rules;I=texts;T=tally;try{return ${root}(data)}finally{K=I=T=null}}`;
  }

  /** The name of the function that writes an object of this shape. */
  object(shape: ObjectShape): string {
    const known = this.#objects.get(shape);
    if (known) return known;
    const name = this.#nextName("o");
    this.#objects.set(shape, name);
    const checks = shape.rowChecks.map((check) => `if(!${this.#holds(check)})return "-";`);
    const body = shape.fields.some((field) => field.delivery.kind === "denied" && isNonNullType(field.type))
      ? `return "";`
      : this.#fields(shape);
    this.#functions.push(
      `function ${name}(v){if(typeof v!=="object"||Array.isArray(v))throw B;${checks.join("")}${body}}`,
    );
    return name;
  }

  #fields(shape: ObjectShape): string {
    let code = `let x,t,s="";`;
    let constant = "{";
    shape.fields.forEach((field, index) => {
      constant += `${index === 0 ? "" : ","}"${checkKey(field.responseKey)}":`;
      if (field.delivery.kind === "denied") constant += "null";
      else if (field.fieldName === "__typename") constant += `"${checkKey(shape.typeName)}"`;
      else {
        const { before, text } = this.#field(field);
        code += `${before}s+=${JSON.stringify(constant)}+${text};`;
        constant = "";
      }
    });
    return `${code}return s+${JSON.stringify(`${constant}}`)};`;
  }

  /** Statements that compute the field's text, and the expression that gives it. */
  #field(field: FieldShape): { readonly before: string; readonly text: string } {
    if (field.fieldName.startsWith("__")) {
      return { before: "", text: `(I.get("${checkKey(field.responseKey)}")??"null")` };
    }
    const required = isNonNullType(field.type);
    const checks = field.checks.map((check) => `${this.#holds(check)}&&`).join("");
    const read = memberOf("v", field.responseKey);
    const before = checks === "" ? `x=${read};` : `x=${checks}true?${read}:null;`;
    const type = getNullableType(field.type);
    const value = this.#value(field, type, "x");
    const count = this.#count(field);
    if (isPlainLeaf(field, type)) {
      const text = required ? value : `(x==null?"null":${value})`;
      return { before: count === "" ? before : `${before}if(x!=null)${count}`, text };
    }
    if (required)
      return {
        before: `${before}if(x==null)throw B;t=${value};if(t===""||t==="-")return "";${count}`,
        text: "t",
      };
    const counting = count === "" ? "" : `if(t!==""&&t!=="-")${count}`;
    return { before: `${before}t=x==null?"":${value};${counting}`, text: `(t===""||t==="-"?"null":t)` };
  }

  /** The statement that counts a delivery of the field; nothing for nearly all fields. */
  #count({ counted }: FieldShape): string {
    return counted === null ? "" : `T.add(${this.#constant(counted)},v);`;
  }

  /** The expression that completes `x`, which is not null. */
  #value(field: FieldShape, type: GraphQLNullableType & GraphQLOutputType, x: string): string {
    if (isListType(type) && becomesEmpty(field)) return `"[]"`;
    if (isListType(type)) return `${this.#list(field, type.ofType)}(${x})`;
    if (field.selection) return `${this.#selection(field.selection, type)}(${x})`;
    if (field.delivery.kind === "masked" || field.delivery.kind === "checked")
      return `${this.#transformed(field, type)}(${x})`;
    const leaf = leafWriter(leafOf(type));
    const slow = `${this.#leaf(leafOf(type).name, leaf)}(${x})`;
    switch (leaf.kind) {
      case "string":
        return `(typeof ${x}==="string"?q(${x}):${slow})`;
      case "int":
        return `((${x}|0)===${x}?""+${x}:${slow})`;
      case "float":
        return `(typeof ${x}==="number"&&${x}-${x}===0?""+${x}:${slow})`;
      case "boolean":
        return `(${x}===true?"true":${x}===false?"false":${slow})`;
      default:
        return slow;
    }
  }

  #list(field: FieldShape, itemType: GraphQLOutputType): string {
    const type = getNullableType(itemType);
    const required = isNonNullType(itemType);
    const item = this.#value(field, type, "x");
    const key = `${required} ${item}`;
    const known = this.#lists.get(key);
    if (known) return known;
    const name = this.#nextName("l");
    this.#lists.set(key, name);
    const absent = required ? "throw B" : `t="null"`;
    const vanished = isPlainLeaf(field, type)
      ? ""
      : `if(t==="-")continue;if(t==="")${required ? `return ""` : `t="null"`};`;
    this.#functions.push(
      `function ${name}(a){if(!Array.isArray(a))throw B;let s="",t;for(let i=0;i<a.length;i++){const x=a[i];
if(x==null)${absent};else{t=${item};${vanished}}s+=s===""?t:","+t}return "["+s+"]"}`,
    );
    return name;
  }

  #selection(selection: SelectionShape, type: GraphQLOutputType): string {
    const only = staticShape(selection, type);
    if (only) return this.object(only);
    const known = this.#selections.get(selection);
    if (known) return known;
    const name = this.#nextName("s");
    this.#selections.set(selection, name);
    const cases = [...selection.byType].map(
      ([type, shape]) => `case "${checkKey(type)}":return ${this.object(shape)}(v);`,
    );
    const uniform = uniformShape(selection);
    const isAbstract = (type: string): boolean => isAbstractType(this.#schema.getType(type));
    const other = uniform
      ? `default:if(v.__typename==null||${this.#constant(isAbstract)}(v.__typename))return ${this.object(uniform)}(v);`
      : "";
    this.#functions.push(`function ${name}(v){switch(v.__typename){${cases.join("")}${other}}throw B}`);
    return name;
  }

  /** The name of a function for values that need more than the fast path of their type. */
  #leaf(typeName: string, { coerce, text, texts }: LeafWriter): string {
    const known = this.#leaves.get(typeName);
    if (known) return known;
    const write = (value: unknown): string => {
      const fixed = texts?.get(value);
      if (fixed !== undefined) return fixed;
      const coerced = value === null ? undefined : coerce(value);
      if (coerced === undefined) throw GIVE_UP;
      return text(coerced);
    };
    const name = this.#constant(write);
    this.#leaves.set(typeName, name);
    return name;
  }

  #transformed({ delivery }: FieldShape, type: GraphQLOutputType): string {
    const { coerce, text } = leafWriter(leafOf(type));
    return this.#constant((value: unknown): string => {
      const coerced = value === null ? undefined : coerce(value);
      if (coerced === undefined) throw GIVE_UP;
      if (delivery.kind === "checked" && !delivery.conforms(coerced)) throw GIVE_UP;
      const shown = delivery.kind === "masked" ? applyMask(delivery.mask, coerced, coerce) : coerced;
      return shown === null || shown === undefined ? "" : text(shown);
    });
  }

  /** The expression that tells whether `v` passes a row check. */
  #holds({ key, rule }: RowCheck): string {
    const known = this.rules.findIndex((item) => item.key === rule.key);
    const index = known >= 0 ? known : this.rules.push(rule) - 1;
    return `K[${index}](${memberOf("v", key)})`;
  }

  #constant(value: unknown): string {
    const name = this.#nextName("k");
    this.#functions.push(`const ${name}=c[${this.constants.push(value) - 1}];`);
    return name;
  }

  #nextName(kind: string): string {
    this.#names += 1;
    return `${kind}${this.#names}`;
  }
}

const GIVE_UP = new Error("give up");

/** A leaf that is never null once it was given. */
function isPlainLeaf(field: FieldShape, type: GraphQLOutputType): boolean {
  return !isListType(type) && field.selection === null && field.delivery.kind === "value";
}
