import { Lexer, Parser, parse } from "yaml";
import { ClientError } from "./errors.ts";

/**
 * Levels of lists and maps within each other. How many a parser or a validation can take depends on the thread's stack:
 * every thread must read a descriptor alike, or one would publish what another cannot judge.
 */
const MAX_NESTING = 64;
/** What the parser holds beside lists and maps: the document and a scalar. */
const OTHER_OPEN = 2;

/**
 * Parses the text of a `product.yaml`, whose lists and maps may nest 64 deep.
 *
 * @param source names the file in messages
 * @throws ClientError PRODUCT_DESCRIPTOR_INVALID where it is no YAML, or nests deeper
 */
export function parseDescriptorText(yaml: string, source: string): unknown {
  if (opensTooMany(yaml)) throw nestsTooDeep(source);
  const value = parseText(yaml, source);
  if (isTooDeep(value)) throw nestsTooDeep(source);
  return value;
}

function parseText(yaml: string, source: string): unknown {
  try {
    return parse(yaml);
  } catch (error) {
    if (error instanceof RangeError) throw nestsTooDeep(source);
    const reason = error instanceof Error ? error.message : "not YAML";
    throw new ClientError("PRODUCT_DESCRIPTOR_INVALID", `${source}: ${reason}`);
  }
}

/** What is said of a descriptor that nests deeper than {@link parseDescriptorText} takes. */
export function nestsTooDeep(source: string): ClientError {
  return new ClientError(
    "PRODUCT_DESCRIPTOR_INVALID",
    `${source}: lists and maps nest more than ${MAX_NESTING} deep`,
  );
}

/** Whether the text opens too many within each other: before anything recursive reads it, which is no further than needed. */
function opensTooMany(yaml: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(yaml)) {
    for (const _token of parser.next(lexeme));
    if (parser.stack.length > MAX_NESTING + OTHER_OPEN) return true;
  }
  return false;
}

/** Whether values nest too deep with what their aliases stand for; they may stand for what they are in. */
function isTooDeep(value: unknown): boolean {
  let level = new Set([value].filter(isCollection));
  for (let depth = 0; level.size > 0; depth += 1) {
    if (depth >= MAX_NESTING) return true;
    level = new Set([...level].flatMap((item) => Object.values(item).filter(isCollection)));
  }
  return false;
}

function isCollection(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
