import {
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
} from "graphql";
import { leafOf, leafWriter } from "../leaf-text.ts";
import { type FieldLayout, HEADER, type ObjectLayout, type SelectionLayout } from "./layout.ts";
import type { SourceBuilder } from "./source-builder.ts";
import type { Tape } from "./tape.ts";

/** Reads an answer to a fetch of root fields, and gives the record of the root. */
export type ReadRoot = (tape: Tape, text: string) => number;

/**
 * Reads an answer to an entity fetch: as many entities as `count`, of whose types the tape holds the numbers from `kinds`
 * on. Gives where the tape has their records, one after the other; -1 for a null entity.
 */
export type ReadEntities = (tape: Tape, text: string, kinds: number, count: number) => number;

const READ_LEAF = { string: "str();", int: "int();", float: "num();", boolean: "bool();", custom: "any();" };

/** Adds the source of the readers of one program to that of {@link ./reader-source.ts}. */
export class ReaderGenerator {
  readonly #builder: SourceBuilder;
  /** What clients see: it says which values of an enum may be delivered. */
  readonly #schema: GraphQLSchema;
  /** Functions by what they read: layouts are shared, and so is their code, which else would grow with each use. */
  readonly #functions = new Map<string, string>();

  constructor(builder: SourceBuilder, schema: GraphQLSchema) {
    this.#builder = builder;
    this.#schema = schema;
  }

  /** The name of a {@link ReadRoot} function. */
  root(layout: SelectionLayout): string {
    const body = this.#builder.add(
      "b",
      (name) => `function ${name}(){lit('{"data":');return ${this.#object(layout)}()}`,
    );
    return this.#builder.add("r", (name) => `function ${name}(z,text){return read(z,text,${body})}`);
  }

  /** The name of a {@link ReadEntities} function. */
  entities(layout: SelectionLayout): string {
    const types = [...layout.byType.values()].map(
      (type) => `case ${type.variant}:v=${this.#variant(layout, type)}();break;`,
    );
    const body = this.#builder.add(
      "b",
      (name) => `function ${name}(kinds,m){const r=n;n+=m;room();let v;
lit('{"data":{"_entities":[');for(let k=0;k<m;k++){if(k>0)lit(",");if(t.charCodeAt(i)===110){lit("null");v=-1}else
switch(T[kinds+k]){${types.join("")}default:throw B}T[r+k]=v}lit("]}");return r}`,
    );
    return this.#builder.add(
      "e",
      (name) => `function ${name}(z,text,kinds,m){return read(z,text,${body},kinds,m)}`,
    );
  }

  /** The name of a function that reads an object and gives its record. */
  #object(layout: SelectionLayout): string {
    const types = [...layout.byType.values()];
    const [first, ...others] = types;
    if (first && others.length === 0) return this.#variant(layout, first);
    return this.#once(`object ${layout.id}`, "p", () => {
      const cases = types.map((type) => {
        const read = this.#variant(layout, type);
        return `case ${JSON.stringify(type.typeName)}:i=s;return ${read}();`;
      });
      return `(){const s=i;lit('{"__typename":"');const j=t.indexOf('"',i);if(j<0)throw B;
switch(t.slice(i,j)){${cases.join("")}default:throw B}}`;
    });
  }

  /** The name of a function that reads an object that is known to be of one type. */
  #variant(layout: SelectionLayout, type: ObjectLayout): string {
    return this.#once(`variant ${layout.id} ${type.variant}`, "p", () => {
      const clear = layout.byType.size > 1 ? `T.fill(-1,r+${HEADER},n);` : "";
      const fields = type.fields.map((field, index) => {
        const key = `lit(${JSON.stringify(`${index === 0 ? "{" : ","}"${field.key}":`)});`;
        return key + this.#field(field, type);
      });
      return `(){const r=n;n+=${layout.size};room();${clear}T[r]=${type.variant};T[r+1]=-1;let v;
${fields.join("\n")}
lit("}");return r}`;
    });
  }

  #field(field: FieldLayout, type: ObjectLayout): string {
    const { slot, selection } = field;
    if (field.fieldName === "__typename") {
      return `T[r+${slot}]=i;lit(${JSON.stringify(`"${type.typeName}"`)});T[r+${slot + 1}]=i;`;
    }
    if (selection) return `v=${this.#composite(field.type, selection)};T[r+${slot}]=v;`;
    return `T[r+${slot}]=i;${this.#leaf(field.type)}T[r+${slot + 1}]=i;`;
  }

  /** The expression that reads a composite value or a list of such, and gives its record, or -1 for null. */
  #composite(type: GraphQLOutputType, selection: SelectionLayout): string {
    const inner = getNullableType(type);
    const read = isListType(inner)
      ? `${this.#list(inner.ofType, selection)}()`
      : `${this.#object(selection)}()`;
    return isNonNullType(type) ? read : `(t.charCodeAt(i)===110?(lit("null"),-1):${read})`;
  }

  #list(itemType: GraphQLOutputType, selection: SelectionLayout): string {
    return this.#once(`list ${selection.id} ${String(itemType)}`, "l", () => {
      const item = this.#composite(itemType, selection);
      return `(){lit("[");const a=Q.length;if(t.charCodeAt(i)===93)i++;else for(;;){Q.push(${item});
const c=t.charCodeAt(i++);if(c===93)break;if(c!==44)throw B}return list(a)}`;
    });
  }

  /** Statements that read a leaf, or a list of leaves as one text, as strictly as its type says. */
  #leaf(type: GraphQLOutputType): string {
    const inner = getNullableType(type);
    const read = isListType(inner) ? `${this.#leafList(inner.ofType)}();` : this.#value(leafOf(inner));
    return isNonNullType(type) ? read : `if(t.charCodeAt(i)===110)lit("null");else{${read}}`;
  }

  #leafList(itemType: GraphQLOutputType): string {
    return this.#once(`leaves ${String(itemType)}`, "l", () => {
      const item = this.#leaf(itemType);
      return `(){lit("[");let v;if(t.charCodeAt(i)===93){i++;return}for(;;){${item}
const c=t.charCodeAt(i++);if(c===93)break;if(c!==44)throw B}}`;
    });
  }

  #value(type: GraphQLLeafType): string {
    const { kind } = leafWriter(type);
    if (kind === "enum") {
      const shown = this.#schema.getType(type.name);
      const values = isEnumType(shown) ? shown.getValues() : isEnumType(type) ? type.getValues() : [];
      const names = this.#builder.constant(new Set(values.map(({ name }) => `"${name}"`)));
      return `v=i;str();if(!${names}.has(t.slice(v,i)))throw B;`;
    }
    return READ_LEAF[kind];
  }

  /** The name of the function for a key; its source, from the parameters on, is made when it is first wanted. */
  #once(key: string, prefix: string, source: () => string): string {
    const known = this.#functions.get(key);
    if (known) return known;
    const made = source();
    const name = this.#builder.add(prefix, (given) => `function ${given}${made}`);
    this.#functions.set(key, name);
    return name;
  }
}
