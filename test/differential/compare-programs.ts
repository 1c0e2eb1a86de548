import { isDeepStrictEqual } from "node:util";
import { createCompilePlan } from "../../gateway/execution/compile-plan.ts";
import type {
  CompileProgram,
  ExecutionRequest,
  ExecutionResult,
  Program,
} from "../../gateway/execution/executor.ts";
import {
  type CompileTextProgram,
  compileTextProgram,
} from "../../gateway/execution/text/compile-text-program.ts";
import { tamper } from "./tamper-answer.ts";

/** How often which program made a response. */
interface SeenPrograms {
  /** Responses, half of them to answers that were tampered with. */
  responses: number;
  /** Responses that were put together of pieces of answers. */
  spliced: number;
  /** Responses for which the text program left the work to execution on parsed data. */
  gaveUp: number;
}

/**
 * Compiles operations to programs that, each time they run, compare a program that may splice texts with one that
 * parses all answers: response, errors, counts, data written once more and the calls must be the same,
 * for answers as they are and for answers with a fault in them.
 */
export function createProgramComparison(): { readonly compile: CompileProgram; readonly seen: SeenPrograms } {
  const seen = { responses: 0, spliced: 0, gaveUp: 0 };
  const countTexts: CompileTextProgram = (input, fetches) => {
    const program = compileTextProgram(input, fetches);
    if (program === null) return null;
    return async (calls, request) => {
      const text = await program(calls, request);
      if (text === null) seen.gaveUp += 1;
      else seen.spliced += 1;
      return text;
    };
  };
  const compile: CompileProgram = (input) => {
    const splicing = createCompilePlan(countTexts)(input);
    const parsing = createCompilePlan(() => null)(input);
    let isWarm = false;
    return {
      run: async (request) => {
        // Code is generated for the second run.
        if (!isWarm) await Promise.all([splicing.run(request), parsing.run(request)]);
        isWarm = true;
        seen.responses += 2;
        await compare(splicing, parsing, tampering(request, seen.responses), input.shape);
        return compare(splicing, parsing, request, input.shape);
      },
    };
  };
  return { compile, seen };
}

function tampering(request: ExecutionRequest, seed: number): ExecutionRequest {
  const callSubgraph: ExecutionRequest["callSubgraph"] = async (subgraph, body, kind) => {
    const reply = await request.callSubgraph(subgraph, body, kind);
    return reply.kind === "answer" ? { ...reply, text: tamper(reply.text, seed) } : reply;
  };
  return { ...request, callSubgraph };
}

async function compare(
  splicing: Program,
  parsing: Program,
  request: ExecutionRequest,
  shape: Parameters<CompileProgram>[0]["shape"],
): Promise<ExecutionResult> {
  const observe = async (program: Program): Promise<{ result: ExecutionResult; facts: unknown }> => {
    const calls: string[] = [];
    const callSubgraph: ExecutionRequest["callSubgraph"] = (subgraph, body, kind) => {
      calls.push(`${subgraph} ${body}`);
      return request.callSubgraph(subgraph, body, kind);
    };
    const result = await program.run({ ...request, callSubgraph });
    // As values: a spliced string may have other escapes, a number other zeros.
    const data: unknown = JSON.parse(result.dataText);
    const { errors, counted } = result;
    const written = await counted?.reshape(shape);
    const again = written && { ...written, errors: inAnyOrder(written.errors) };
    const order = JSON.stringify(data);
    return {
      result,
      facts: { data, order, errors: inAnyOrder(errors), tally: counted?.tally, again, calls: calls.sort() },
    };
  };
  const [spliced, parsed] = [await observe(splicing), await observe(parsing)];
  if (isDeepStrictEqual(spliced.facts, parsed.facts)) return spliced.result;
  throw new Error(`not what parsed data give: ${JSON.stringify({ spliced, parsed })}`);
}

/** Errors of calls that were made at the same time come in the order of the answers. */
function inAnyOrder(errors: ExecutionResult["errors"]): readonly string[] {
  return errors.map((error) => JSON.stringify(error)).sort();
}
