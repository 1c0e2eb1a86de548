import fc from "fast-check";
import { buildSchema, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { LayoutBuilder } from "../../../../../gateway/execution/text/build-layout.ts";
import { ReaderGenerator, type ReadRoot } from "../../../../../gateway/execution/text/generate-reader.ts";
import type { FieldLayout, SelectionLayout } from "../../../../../gateway/execution/text/layout.ts";
import { READER_SOURCE } from "../../../../../gateway/execution/text/reader-source.ts";
import { SourceBuilder } from "../../../../../gateway/execution/text/source-builder.ts";

const SEED = Number(process.env.READER_SEED ?? Date.now() % 2 ** 31);

const schema = buildSchema(`
  type Query { s: String i: Int f: Float b: Boolean c: Color j: JSON ids: [ID!] thing: Thing list: [[Query!]] }
  enum Color { RED GREEN }
  scalar JSON
  union Thing = A | B
  type A { x: Int! }
  type B { y: String }
`);

interface Reader {
  readonly layout: SelectionLayout;
  readonly read: ReadRoot;
}

function readerOf(query: string): Reader {
  const builder = new SourceBuilder();
  const layout = new LayoutBuilder(schema).root(parse(query));
  const name = new ReaderGenerator(builder, schema).root(layout);
  const made = builder.build<{ readonly read: ReadRoot }>(
    `const B=new Error("give up");${READER_SOURCE}`,
    `{read:${name}}`,
  );
  if (!made) throw new Error("code generation is allowed in tests");
  return { layout, read: made.read };
}

/** The value of `data` as the tape has it, each leaf parsed by itself; undefined where the reader gives up. */
function readBack({ layout, read }: Reader, text: string): { readonly data: unknown } | undefined {
  // So small that every answer makes it grow.
  const tape = { tape: new Int32Array(1), length: 0 };
  let root: number;
  try {
    root = read(tape, text);
  } catch {
    return undefined;
  }
  const valueAt = (position: number, selection: SelectionLayout, depth: number): unknown => {
    if (position < 0) return null;
    if (depth > 0) {
      const items = tape.tape.subarray(position + 1, position + 1 + (tape.tape[position] ?? 0));
      return Array.from(items, (item) => valueAt(item, selection, depth - 1));
    }
    const type = [...selection.byType.values()][tape.tape[position] ?? 0];
    return Object.fromEntries((type?.fields ?? []).map((field) => [field.key, fieldAt(position, field)]));
  };
  const fieldAt = (position: number, { slot, selection, type }: FieldLayout): unknown => {
    if (selection)
      return valueAt(tape.tape[position + slot] ?? -1, selection, String(type).split("[").length - 1);
    return JSON.parse(text.slice(tape.tape[position + slot], tape.tape[position + slot + 1]));
  };
  return { data: valueAt(root, layout, 0) };
}

const LEAVES = readerOf("{ s i f b c j ids }");
const NOTHING = { s: null, i: null, f: null, b: null, c: null, j: null, ids: null };

/** Reads an answer with one leaf as given, all others null. */
function readLeaf(key: keyof typeof NOTHING, text: string): unknown {
  const members = Object.keys(NOTHING).map((name) => `"${name}":${name === key ? text : "null"}`);
  const read = readBack(LEAVES, `{"data":{${members.join()}}}`);
  return read === undefined ? undefined : (read.data as Record<string, unknown>)[key];
}

describe(`reading answers to a tape (seed ${SEED})`, () => {
  it.each([
    ["s", '"text"'],
    ["s", '"\\u0041\\/\\n\\ud800"'],
    ["s", '"é\u2028 😀"'],
    ["s", '""'],
    ["i", "0"],
    ["i", "-1"],
    ["i", "2147483647"],
    ["i", "-2147483647"],
    ["f", "0"],
    ["f", "1.50"],
    ["f", "-0.5"],
    ["f", "1e+21"],
    ["f", "0.30000000000000004"],
    ["f", "123456789012345"],
    ["b", "true"],
    ["b", "false"],
    ["c", '"RED"'],
    ["j", '{"a":[1,{"b":null}],"__proto__":2}'],
    ["j", "[]"],
    ["j", "1.5"],
    ["j", "true"],
    ["j", '"x"'],
    ["ids", '["1","2"]'],
    ["ids", "[]"],
  ] as const)("takes %s: %s for what JSON.parse gives", (key, text) => {
    expect(readLeaf(key, text)).toEqual(JSON.parse(text));
  });

  it.each([
    ["s", "1"],
    ["s", "true"],
    ["s", "{}"],
    ["s", '"\t"'],
    ["s", '"\\x"'],
    ["s", '"\\u12g4"'],
    ["s", '"open'],
    ["s", '"\ud800"'],
    ["s", "nul"],
    ["i", "-0"],
    ["i", "01"],
    ["i", "1.0"],
    ["i", "1e3"],
    ["i", "2147483648"],
    ["i", "99999999999999999999"],
    ["i", '"1"'],
    ["i", "-"],
    ["i", "true"],
    ["f", "-0"],
    ["f", "-0.0"],
    ["f", "1e400"],
    ["f", "1E2"],
    ["f", "1e2"],
    ["f", "1."],
    ["f", ".5"],
    ["f", "00.5"],
    ["f", "NaN"],
    ["f", '"1"'],
    ["f", "9007199254740993"],
    ["f", "0.1000000000000000055511151231257827"],
    ["f", "12345678901234567890"],
    ["b", "1"],
    ["b", '"true"'],
    ["b", "True"],
    ["c", '"BLUE"'],
    ["c", "0"],
    ["c", '"R\\u0045D"'],
    ["j", '{"a":1,"a":2}'],
    ["j", '{ "a":1}'],
    ["j", '{"2":1,"1":2}'],
    ["j", "[1.0]"],
    ["j", "[-0]"],
    ["j", "[1e400]"],
    ["j", '["\\u0041"]'],
    ["j", "[}"],
    ["j", "[1,]"],
    ["j", "[12345678901234567890]"],
    ["j", "[".repeat(50)],
    ["ids", "[1]"],
    ["ids", "[null]"],
    ["ids", '"1"'],
    ["ids", '["1",]'],
    ["ids", '["1" ]'],
    ["ids", "[[]]"],
  ] as const)("leaves %s: %s to execution on parsed data", (key, text) => {
    expect(readLeaf(key, text)).toBeUndefined();
  });

  it("leaves an answer alone that has anything but the data that were asked for, in their order", () => {
    const reader = readerOf("{ s thing { __typename ... on A { x } ... on B { y } } }");
    const data = '{"s":"a","thing":{"__typename":"A","x":1}}';
    expect(readBack(reader, `{"data":${data}}`)).toEqual({ data: JSON.parse(data) });
    expect(readBack(reader, `{"data":${data},"extensions":{"errors":1}} \n`)).toEqual({
      data: JSON.parse(data),
    });
    for (const text of [
      `{"data":${data},"errors":[]}`,
      `{"data":${data},"errors":null}`,
      `{"data":${data},"err\\u006frs":[{}]}`,
      `{"errors":[],"data":${data}}`,
      `{"data":${data},"data":{}}`,
      `{"data":${data}}}`,
      `{"data":${data}`,
      `{"data":${data}}x`,
      `{"data":${data},}`,
      `\ufeff{"data":${data}}`,
      ` {"data":${data}}`,
      `{"data": ${data}}`,
      `{"data":null}`,
      "{}",
      "",
      '{"data":{"thing":null,"s":"a"}}',
      '{"data":{"s":"a"}}',
      '{"data":{"s":"a","s":"b","thing":null}}',
      '{"data":{"s":"a","thing":null,"more":1}}',
      '{"data":{"s":"a","thing":null,"__proto__":{}}}',
      '{"data":{"s":"a","thing":{"__typename":"C","x":1}}}',
      '{"data":{"s":"a","thing":{"__typename":"B","x":1}}}',
      '{"data":{"s":"a","thing":{"x":1}}}',
      '{"data":{"s":"a","thing":{"__typename":"A","x":null}}}',
      '{"data":{"s":"a","thing":[{"__typename":"A","x":1}]}}',
      '{"data":[]}',
    ])
      expect(readBack(reader, text), text).toBeUndefined();
  });

  it("reads lists longer than the tape, in lists", () => {
    const reader = readerOf("{ list { i list { s } } }");
    const row = Array.from({ length: 20_000 }, (_, i) => ({
      i,
      list: i % 2 === 0 ? null : [[{ s: "x" }], null, []],
    }));
    const data = { list: [row, null, []] };
    expect(readBack(reader, JSON.stringify({ data }))).toEqual({ data });
  });

  it("gives what JSON.parse gives or nothing, for random answers and for such with a character changed", () => {
    const text = fc.string({ unit: "binary" });
    const leaf = fc.record(
      {
        s: fc.option(text),
        i: fc.option(fc.integer()),
        f: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
        b: fc.option(fc.boolean()),
        c: fc.constantFrom("RED", "GREEN", "BLUE", null),
        j: fc.jsonValue(),
        ids: fc.option(fc.array(text)),
      },
      { noNullPrototype: true },
    );
    let accepted = 0;
    const check = (answer: string): void => {
      const read = readBack(LEAVES, answer);
      if (read === undefined) return;
      accepted += 1;
      expect(read.data).toStrictEqual(JSON.parse(answer).data);
    };
    fc.assert(
      fc.property(
        leaf,
        fc.nat(),
        fc.constantFrom(...'"\\{}[],:0123456789-+.eEtfnu \n\u0000é'),
        (data, at, character) => {
          const answer = JSON.stringify({ data });
          check(answer);
          const place = at % answer.length;
          check(answer.slice(0, place) + character + answer.slice(place + 1));
          check(answer.slice(0, place) + character + answer.slice(place));
          check(answer.slice(0, place) + answer.slice(place + 1));
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(1500);
  });
});
