import type { PlanNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import type { RowRule } from "../../../shared/define-directive.ts";
import type { Calls } from "../calls.ts";
import type { ProgramInput } from "../executor.ts";
import type { PlannedFetch } from "../plan-fetches.ts";
import type { ShapeRequest } from "../shape-response.ts";
import { type CollectTexts, compileTexts, type SentTexts } from "./collect-texts.ts";
import { type ReadEntities, ReaderGenerator, type ReadRoot } from "./generate-reader.ts";
import { WriterGenerator, writerSource } from "./generate-writer.ts";
import { NotOnTape } from "./layout.ts";
import { readLeaf } from "./read-leaf.ts";
import { READER_SOURCE } from "./reader-source.ts";
import { SourceBuilder } from "./source-builder.ts";
import { extend, giveBackTape, type TextState, takeTape } from "./tape.ts";
import { planText, type TextFetch, type TextPlan } from "./text-plan.ts";
import { readAnswer, type TextRun, type TextStep } from "./text-run.ts";

/**
 * Runs a query without turning answers into objects: leaves stay where they are in the texts, and the response is
 * put together of pieces of them. Null where anything is out of the ordinary (errors, unknown types, nulls that
 * must not be, JSON with blanks): the calls that were made stand, and execution on parsed data takes over.
 */
export type TextProgram = (calls: Calls, request: ShapeRequest) => Promise<string | null>;

/** Compiles a plan to a text program; null where the plan or the process does not allow one. */
export type CompileTextProgram = (
  input: ProgramInput,
  fetches: readonly PlannedFetch[],
) => TextProgram | null;

/** {@link CompileTextProgram} */
export const compileTextProgram: CompileTextProgram = (
  { plan, shape, apiSchema, supergraphSchema },
  fetches,
) => {
  const { node } = plan;
  if (!node || node.kind === "Subscription") return null;
  try {
    const builder = new SourceBuilder();
    const textPlan = planText(fetches, supergraphSchema);
    const reader = new ReaderGenerator(builder, apiSchema);
    const readers = textPlan.fetches.map(({ place, layout }) =>
      place ? `{entities:${reader.entities(layout)}}` : `{root:${reader.root(layout)}}`,
    );
    const writer = new WriterGenerator(builder, textPlan);
    const write = writer.main(shape.root);
    const generated = builder.build<Generated>(
      `const B=new Error("give up");${READER_SOURCE}\n${writerSource(builder.constant(readLeaf))}`,
      `{readers:[${readers.join()}],write:${write}}`,
    );
    if (!generated) return null;
    const compiler = new TextCompiler(textPlan.fetches, generated, supergraphSchema);
    return compileRun(compiler.step(node), generated.write, writer.rules, textPlan);
  } catch (error) {
    if (error instanceof NotOnTape) return null;
    throw error;
  }
};

interface Generated {
  /** By the index of fetches; which of the two it is, follows from the fetch. */
  readonly readers: readonly { readonly root?: ReadRoot; readonly entities?: ReadEntities }[];
  readonly write: WriteText;
}

type WriteText = (
  state: TextState,
  rules: readonly ReturnType<RowRule["bind"]>[],
  introspection: ReadonlyMap<string, string>,
  tally: ShapeRequest["tally"],
) => string;

function compileRun(
  step: TextStep,
  write: WriteText,
  rules: readonly RowRule[],
  { fetches, places }: TextPlan,
): TextProgram {
  return async (calls, request) => {
    const run: TextRun = {
      calls,
      gaveUp: false,
      tape: takeTape(),
      length: 0,
      texts: fetches.map(() => ""),
      records: fetches.map(() => 0),
      recordCounts: fetches.map(() => 0),
      replies: fetches.map(() => 0),
      objects: places.map(() => -1),
      objectCounts: places.map(() => 0),
    };
    await step(run);
    let text: string | null = null;
    try {
      if (!run.gaveUp) {
        const bound = rules.map((rule) => rule.bind(request));
        text = write(run, bound, request.introspection, request.tally);
      }
    } catch {
      // Thrown by generated code, or by a mask: execution on parsed data finds out what it is.
    }
    giveBackTape(run.tape);
    return text;
  };
}

class TextCompiler {
  readonly #fetches: ReadonlyMap<PlannedFetch["fetch"], TextFetch>;
  readonly #generated: Generated;
  readonly #schema: GraphQLSchema;

  constructor(fetches: readonly TextFetch[], generated: Generated, schema: GraphQLSchema) {
    this.#fetches = new Map(fetches.map((fetch) => [fetch.planned.fetch, fetch]));
    this.#generated = generated;
    this.#schema = schema;
  }

  step(node: PlanNode): TextStep {
    switch (node.kind) {
      case "Sequence": {
        const steps = node.nodes.map((child) => this.step(child));
        return async (run) => {
          for (const step of steps) if (!run.gaveUp) await step(run);
        };
      }
      case "Parallel": {
        const steps = node.nodes.map((child) => this.step(child));
        return async (run) => {
          await Promise.all(steps.map((step) => step(run)));
        };
      }
      case "Flatten":
        return this.step(node.node);
      case "Fetch": {
        const fetch = this.#fetches.get(node);
        if (!fetch) throw new NotOnTape();
        return fetch.place ? this.#entities(fetch) : this.#root(fetch);
      }
      default:
        throw new NotOnTape();
    }
  }

  #root({ index, planned }: TextFetch): TextStep {
    const read = this.#generated.readers[index]?.root;
    if (!read) throw new TypeError("each fetch has a reader of its kind");
    return (run) =>
      readAnswer(run, planned, null, (text) => {
        const root = read(run, text);
        const list = extend(run, 1);
        run.tape[list] = root;
        run.texts[index] = text;
        run.records[index] = list;
        run.recordCounts[index] = 1;
      });
  }

  #entities(fetch: TextFetch): TextStep {
    const { index, planned } = fetch;
    const collect: CollectTexts = compileTexts(fetch, this.#schema);
    const read = this.#generated.readers[index]?.entities;
    if (!read) throw new TypeError("each fetch has a reader of its kind");
    return (run) => {
      const { texts, kinds } = orGiveUp(run, collect) ?? NOTHING_SENT;
      if (texts.length === 0) return DONE;
      return readAnswer(run, planned, `[${texts.join()}]`, (text) => {
        run.records[index] = read(run, text, kinds, texts.length);
        run.texts[index] = text;
        run.recordCounts[index] = texts.length;
      });
    };
  }
}

/** What collecting gives; null, and the run gives up, if it throws. */
function orGiveUp(run: TextRun, collect: CollectTexts): SentTexts | null {
  try {
    return collect(run);
  } catch {
    run.gaveUp = true;
    return null;
  }
}

const NOTHING_SENT: SentTexts = { texts: [], kinds: 0 };
const DONE = Promise.resolve();
