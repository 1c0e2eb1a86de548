import { type GraphQLOutputType, getNullableType, isListType, isNonNullType } from "graphql";
import type { RowRule } from "../../../shared/define-directive.ts";
import type { ObjectShape, SelectionShape } from "../operation-shape.ts";
import { findAtPlace } from "./field-source.ts";
import { BodyGenerator, type WriteComposite } from "./generate-body.ts";
import { fieldOf, NotOnTape, type ObjectLayout, type SelectionLayout } from "./layout.ts";
import type { Source } from "./source.ts";
import type { SourceBuilder } from "./source-builder.ts";
import type { TextFetch, TextPlace, TextPlan } from "./text-plan.ts";

/**
 * What generated writers share; see {@link WriterGenerator}. `V` gives the value behind a text.
 *
 * @param read the name of {@link ./read-leaf.ts}
 */
export function writerSource(read: string): string {
  return `let K,I,Y;function V(s,a,b){return a<0?undefined:${read}(s.slice(a,b))}`;
}

/** Where an object's record is: the answer it is in, its layout, and the place if entity fetches add to it. */
interface Position {
  readonly fetch: number;
  readonly layout: SelectionLayout;
  readonly at: string;
  readonly place: TextPlace | null;
}

/**
 * In generated code `T` is the tape, `S0` the text of answer 0, `E0` where its entities' records are listed and `R0`
 * where it is listed which of them stands for which object, or -1 if none came; `r` is the record that a function
 * writes, `d` the number of its object and `e0` the record of what fetch 0 got for it; `M1` holds the texts of the
 * objects that function 1 has written.
 */
export class WriterGenerator {
  readonly #builder: SourceBuilder;
  readonly #plan: TextPlan;
  readonly #bodies: BodyGenerator;
  readonly #places: ReadonlyMap<string, TextPlace>;
  readonly #functions = new Map<string, string>();
  readonly #ids = new Map<object, number>();
  readonly #counting = new Map<ObjectShape, boolean>();
  readonly #memos: string[] = [];

  constructor(builder: SourceBuilder, plan: TextPlan) {
    this.#builder = builder;
    this.#plan = plan;
    this.#bodies = new BodyGenerator(builder);
    this.#places = new Map(plan.places.map((place) => [place.at, place]));
  }

  /** The row rules that the writer wants to be given, bound to the request. */
  get rules(): readonly RowRule[] {
    return this.#bodies.rules;
  }

  /**
   * The name of a function from a text state, bound rules, texts of introspection fields and the tally to the text of
   * `data`: `"null"` or an object. It throws where something is wrong with the data, and keeps nothing.
   */
  main(shape: ObjectShape): string {
    const root = this.#root(shape);
    const indexes = this.#plan.fetches.map(({ index }) => index);
    const set = indexes.map(
      (k) => `S${k}=z.texts[${k}];E${k}=z.records[${k}];R${k}=z.recordCounts[${k}]>0?z.replies[${k}]:-1;`,
    );
    const variables = [...indexes.flatMap((k) => [`S${k}`, `E${k}`, `R${k}`]), ...this.#memos];
    const fresh = this.#memos.map((memo) => `${memo}=[];`).join("");
    const free = [...indexes.map((k) => `S${k}="";`), ...this.#memos.map((memo) => `${memo}=null;`)];
    return this.#builder.add(
      "w",
      (name) => `let ${variables.join()};
function ${name}(z,rules,texts,tally){K=rules;I=texts;Y=tally;T=z.tape;${set.join("")}${fresh}
try{const t=${root}();return t.length<2?"null":t}finally{K=I=Y=T=null;${free.join("")}}}`,
    );
  }

  #root(shape: ObjectShape): string {
    const roots = this.#plan.fetches.filter(({ place }) => place === null);
    const find = (key: string): Source | null => {
      const found = roots.flatMap((fetch): Source[] => {
        const [type] = fetch.layout.byType.values();
        const field = type && fieldOf(type, key);
        const record = `T[E${fetch.index}]`;
        return type && field ? [{ fetch: fetch.index, type, field, record, mayMiss: false }] : [];
      });
      if (found.length > 1) throw new NotOnTape();
      return found[0] ?? null;
    };
    const body = this.#bodies.body(shape, find, this.#compositesBelow(""));
    return this.#builder.add("o", (name) => `function ${name}(){${body}}`);
  }

  #object(shape: ObjectShape, position: Position, type: ObjectLayout): string {
    const { place, at } = position;
    return this.#once(
      `object ${this.#idOf(shape)} ${this.#idOf(type)} ${this.#positionKey(position)}`,
      () => {
        const used = new Set<TextFetch>();
        const find = findAtPlace(position, type, used);
        const body = this.#bodies.body(shape, find, this.#compositesBelow(at));
        const isUnique = place?.unites !== true;
        const number = used.size === 0 && isUnique ? "" : "const d=T[r+1];";
        const entities = [...used].map(
          ({ index }) => `const e${index}=R${index}<0||T[R${index}+d]<0?-1:T[E${index}+T[R${index}+d]];`,
        );
        const code = `${entities.join("")}${body}`;
        if (isUnique) return this.#builder.add("o", (name) => `function ${name}(r){${number}${code}}`);
        const write = this.#builder.add("o", (name) => `function ${name}(r,d){${code}}`);
        return this.#remembering(write, number, this.#counts(shape));
      },
    );
  }

  /** The name of a function that writes each object once, by its number `d`; what that counted is counted each time. */
  #remembering(write: string, number: string, counts: boolean): string {
    const texts = this.#memo();
    if (!counts)
      return this.#builder.add(
        "o",
        (name) =>
          `function ${name}(r){${number}const m=${texts}[d];return m!==undefined?m:${texts}[d]=${write}(r,d)}`,
      );
    const counted = this.#memo();
    return this.#builder.add(
      "o",
      (
        name,
      ) => `function ${name}(r){${number}const m=${texts}[d];if(m!==undefined){Y.repeat(${counted}[d]);return m}
const b=Y.snapshot(),t=${write}(r,d);${counted}[d]=Y.since(b);return ${texts}[d]=t}`,
    );
  }

  #memo(): string {
    const memo = `M${this.#memos.length}`;
    this.#memos.push(memo);
    return memo;
  }

  #compositesBelow(at: string): WriteComposite {
    return ({ selection, layout, type, fetch, responseKey }) =>
      this.#composite(selection, layout, type, fetch, joinPath(at, responseKey));
  }

  /** The name of a function that writes an object, or a list, from its record, which is not -1. */
  #composite(
    selection: SelectionShape,
    layout: SelectionLayout,
    type: GraphQLOutputType,
    fetch: number,
    at: string,
  ): string {
    if (!isListType(type)) {
      const place = this.#places.get(at) ?? null;
      if (place && (place.provider.index !== fetch || place.layout !== layout)) throw new NotOnTape();
      return this.#selection(selection, { fetch, layout, at, place });
    }
    const item = this.#composite(selection, layout, getNullableType(type.ofType), fetch, joinPath(at, "@"));
    const gone = isNonNullType(type.ofType) ? `return ""` : `t="null"`;
    return this.#once(`list ${item} ${gone}`, () =>
      this.#builder.add(
        "l",
        (name) => `function ${name}(r){const m=r+T[r];let s="",t;for(let k=r+1;k<=m;k++){
const y=T[k];if(y<0)t="null";else{t=${item}(y);if(t==="-")continue;if(t==="")${gone}}
s+=s===""?t:","+t}return "["+s+"]"}`,
      ),
    );
  }

  #selection(selection: SelectionShape, position: Position): string {
    const types = [...position.layout.byType.values()];
    const [only] = types;
    if (only && types.length === 1) {
      const shape = selection.byType.get(only.typeName);
      if (!shape) throw new NotOnTape();
      return this.#object(shape, position, only);
    }
    return this.#once(`selection ${this.#idOf(selection)} ${this.#positionKey(position)}`, () => {
      const cases = types.flatMap((type) => {
        const shape = selection.byType.get(type.typeName);
        return shape ? [`case ${type.variant}:return ${this.#object(shape, position, type)}(r);`] : [];
      });
      return this.#builder.add("s", (name) => `function ${name}(r){switch(T[r]){${cases.join("")}}throw B}`);
    });
  }

  /** Positions with the same key have the same code. The way there matters only if it leads on to places. */
  #positionKey({ fetch, layout, at, place }: Position): string {
    const leadsOn = this.#plan.places.some((other) => other.at.startsWith(`${at}.`));
    return `${fetch} ${layout.id} ${place?.index} ${leadsOn ? at : ""}`;
  }

  /** Whether writing an object counts deliveries. */
  #counts(shape: ObjectShape): boolean {
    const known = this.#counting.get(shape);
    if (known !== undefined) return known;
    const counting = shape.fields.some(
      ({ counted, selection }) =>
        counted !== null || [...(selection?.byType.values() ?? [])].some((item) => this.#counts(item)),
    );
    this.#counting.set(shape, counting);
    return counting;
  }

  #once(key: string, make: () => string): string {
    const known = this.#functions.get(key);
    if (known) return known;
    const name = make();
    this.#functions.set(key, name);
    return name;
  }

  #idOf(item: object): number {
    const id = this.#ids.get(item) ?? this.#ids.size;
    this.#ids.set(item, id);
    return id;
  }
}

function joinPath(at: string, step: string): string {
  return at === "" ? step : `${at}.${step}`;
}
