import {
  type GraphQLFormattedError,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
} from "graphql";
import type { Mask, RowRequest } from "../../shared/define-directive.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import { compileRead } from "./generate-code.ts";
import { createJudgeRow, type JudgeRow } from "./judge-rows.ts";
import { leafOf, leafWriter } from "./leaf-text.ts";
import type { FieldShape, ObjectShape, OperationShape, SelectionShape } from "./operation-shape.ts";
import { type TypeResolver, typeResolver } from "./resolve-type.ts";
import type { Tally } from "./tally.ts";

/** What one request brings to the shaping of its response. */
export interface ShapeRequest extends RowRequest {
  /** JSON text of the introspection fields, by response key. */
  readonly introspection: ReadonlyMap<string, string>;
  /** Counts what is delivered of counted fields; null where the shape has none. */
  readonly tally: Tally | null;
}

export interface ShapedResponse {
  /** The JSON text of `data`. */
  readonly dataText: string;
  /** One per value that had to become null and that `explains` did not account for. */
  readonly errors: readonly GraphQLFormattedError[];
}

/**
 * Delivers merged subgraph data as the client asked for it.
 *
 * @param explains whether an error that is already reported accounts for a missing value at this path
 */
export type Shaper = (
  data: Readonly<Record<string, unknown>>,
  request: ShapeRequest,
  explains: (path: Path) => boolean,
) => ShapedResponse;

export type Path = readonly (string | number)[];

/**
 * Compiles the shape to closures that complete values as the GraphQL specification says (§6.4.3, §6.4.4), with
 * masks, row checks and refused fields, and that know the path of everything that goes wrong. This is
 * the complete writer; {@link ./write-response.ts} is the fast one for data without faults.
 */
export function compileShaper(shape: OperationShape, schema: GraphQLSchema): Shaper {
  const compiler = new ShapeCompiler(typeResolver(schema));
  const root = compiler.object(shape.root);
  return (data, request, explains) => {
    const pass: Pass = { path: [], errors: [], request, holds: createJudgeRow(request), explains };
    const text = root(data, pass);
    return { dataText: isText(text) ? text : "null", errors: pass.errors };
  };
}

/** The state of shaping one response; `path` is where the closures stand. */
interface Pass {
  readonly path: (string | number)[];
  readonly errors: GraphQLFormattedError[];
  readonly request: ShapeRequest;
  readonly holds: JudgeRow;
  readonly explains: (path: Path) => boolean;
}

/** Completes a value that is not null. */
type Complete = (value: unknown, pass: Pass) => string;

/** Null: an error or a refusal that explains it is already reported. No JSON text is empty. */
const NULL = "";
/** An object that a row check hides: left out of lists, null elsewhere. */
const HIDDEN = "-";

function isText(text: string): boolean {
  return text !== NULL && text !== HIDDEN;
}

class ShapeCompiler {
  readonly #resolver: TypeResolver;
  readonly #selections = new Map<SelectionShape, (type: GraphQLOutputType) => Complete>();

  constructor(resolver: TypeResolver) {
    this.#resolver = resolver;
  }

  object(shape: ObjectShape): Complete {
    const checks = shape.rowChecks;
    const fields = shape.fields.map((field) => this.#field(shape, field));
    return (value, pass) => {
      if (!isRecord(value))
        return report(pass, "INVALID_VALUE", `A value of type ${shape.typeName} is not an object.`);
      for (const check of checks) if (!pass.holds(check, value)) return HIDDEN;
      let text = "";
      for (const field of fields) {
        const part = field(value, pass);
        if (part === NULL) return NULL;
        text += text === "" ? part : `,${part}`;
      }
      return `{${text}}`;
    };
  }

  /** Writes `"key":value`, or gives NULL where the object cannot be without the field. */
  #field(parent: ObjectShape, field: FieldShape): (object: Record<string, unknown>, pass: Pass) => string {
    const { responseKey, coordinate, checks, counted } = field;
    const prefix = `"${responseKey}":`;
    const read = compileRead(responseKey);
    const required = isNonNullType(field.type);
    const absent = required ? NULL : `${prefix}null`;
    if (field.delivery.kind === "denied") return () => absent;
    if (field.fieldName === "__typename") return () => `${prefix}"${parent.typeName}"`;
    if (field.fieldName.startsWith("__")) {
      return (_, pass) => `${prefix}${pass.request.introspection.get(responseKey) ?? "null"}`;
    }
    const complete = this.#nullable(field, isNonNullType(field.type) ? field.type.ofType : field.type);
    return (object, pass) => {
      for (const check of checks) if (!pass.holds(check, object)) return absent;
      const value = read(object);
      pass.path.push(responseKey);
      let text = NULL;
      if (value !== null && value !== undefined) text = complete(value, pass);
      else if (required) reportNull(pass, coordinate);
      pass.path.pop();
      if (!isText(text)) return absent;
      if (counted) pass.request.tally?.add(counted, object);
      return prefix + text;
    };
  }

  #nullable(field: FieldShape, type: GraphQLOutputType): Complete {
    if (isListType(type)) return becomesEmpty(field) ? () => "[]" : this.#list(field, type.ofType);
    return field.selection === null ? this.#leaf(field, type) : this.#composite(field.selection, type);
  }

  #list(field: FieldShape, itemType: GraphQLOutputType): Complete {
    const required = isNonNullType(itemType);
    const complete = this.#nullable(field, isNonNullType(itemType) ? itemType.ofType : itemType);
    return (value, pass) => {
      if (!Array.isArray(value))
        return report(pass, "INVALID_VALUE", `The value of ${field.coordinate} is not a list.`);
      let text = "";
      let length = 0;
      for (const item of value) {
        pass.path.push(length);
        let part = NULL;
        if (item !== null && item !== undefined) part = complete(item, pass);
        else if (required) reportNull(pass, field.coordinate);
        pass.path.pop();
        if (part === HIDDEN) continue;
        if (part === NULL && required) return NULL;
        text += `${length === 0 ? "" : ","}${part === NULL ? "null" : part}`;
        length += 1;
      }
      return `[${text}]`;
    };
  }

  #leaf(field: FieldShape, type: GraphQLOutputType): Complete {
    const { coerce, text } = leafWriter(leafOf(type));
    const { delivery } = field;
    const message = `The value of ${field.coordinate} does not fit its type.`;
    return (value, pass) => {
      try {
        const coerced = coerce(value);
        if (coerced === undefined) return report(pass, "INVALID_VALUE", message);
        if (delivery.kind === "checked" && !delivery.conforms(coerced))
          return report(pass, "INVALID_VALUE", message);
        const shown = delivery.kind === "masked" ? applyMask(delivery.mask, coerced, coerce) : coerced;
        return shown === null || shown === undefined ? NULL : text(shown);
      } catch {
        // A mask that fails shows nothing; what it threw may repeat the value.
        return report(pass, "INVALID_VALUE", message);
      }
    };
  }

  #composite(selection: SelectionShape, type: GraphQLOutputType): Complete {
    const known = this.#selections.get(selection);
    if (known) return known(type);
    const objects = new Map<ObjectShape, Complete>();
    const compile = (declared: GraphQLOutputType): Complete => {
      const resolve = this.#resolver(selection, declared);
      return (value, pass) => {
        const shape = isRecord(value) ? resolve(value) : undefined;
        const complete = shape && objects.get(shape);
        return complete ? complete(value, pass) : report(pass, "INVALID_VALUE", UNKNOWN_OBJECT);
      };
    };
    this.#selections.set(selection, compile);
    for (const shape of selection.byType.values()) objects.set(shape, this.object(shape));
    return compile(type);
  }
}

/** The message for an object whose type no subgraph told, or that clients do not see. */
export const UNKNOWN_OBJECT = "A subgraph gave an object of a type that this API does not show.";

/** Whether a mask leaves nothing of the lists of a field (governance.md §6: DEFAULT of a list is `[]`). */
export function becomesEmpty({ delivery }: FieldShape): boolean {
  return delivery.kind === "masked" && delivery.mask.emptiesLists === true;
}

/** What a mask shows, if that is a value of the field's type; else null. */
export function applyMask(mask: Mask, value: unknown, coerce: (value: unknown) => unknown): unknown {
  const shown = mask.apply(value);
  return shown === null || shown === undefined ? null : coerce(shown);
}

function reportNull(pass: Pass, coordinate: string): void {
  report(pass, "NULL_IN_NON_NULL_FIELD", `Cannot return null for non-nullable field ${coordinate}.`);
}

function report(pass: Pass, code: ErrorCode, message: string): string {
  const path = [...pass.path];
  if (!pass.explains(path)) pass.errors.push({ message, path, extensions: { code } });
  return NULL;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
