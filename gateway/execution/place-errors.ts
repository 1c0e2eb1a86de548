import type { GraphQLFormattedError } from "graphql";
import type { RowRequest } from "../../shared/define-directive.ts";
import { createJudgeRow, type JudgeRow } from "./judge-rows.ts";
import { isJsonObject, type JsonObject } from "./merge-entities.ts";
import type { FieldShape, ObjectShape, OperationShape } from "./operation-shape.ts";
import type { Path } from "./shape-response.ts";

/** An error that came up while a plan ran, in terms of merged data. */
export interface RaisedError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Where it belongs, or undefined for an error of a whole call at the root. */
  readonly path: Path | undefined;
  /** What it accounts for if it is null there. */
  readonly covers: readonly Path[];
}

/**
 * Turns raised errors into the client's: a path that leaves what the client selected ends where it does so, and
 * the message, which may speak of hidden fields or values, is replaced; errors below a refused field or
 * a hidden row are dropped.
 */
export function placeErrors(
  raised: readonly RaisedError[],
  shape: OperationShape,
  data: JsonObject,
  request: RowRequest,
): readonly GraphQLFormattedError[] {
  const holds = createJudgeRow(request);
  return raised.flatMap((error) => {
    const { message, extensions, path } = error;
    if (path === undefined) return [{ message, extensions }];
    const place = locate(path, shape.root, data, holds);
    if (place.kind === "withheld") return [];
    const at = place.path.length > 0 ? { path: place.path } : {};
    if (place.kind === "visible") return [{ message, ...at, extensions }];
    const { service } = extensions;
    return [{ message: HIDDEN_MESSAGE, ...at, extensions: { code: "SUBGRAPH_ERROR", service } }];
  });
}

const HIDDEN_MESSAGE = "A subgraph reported an error for data that this part of the operation depends on.";

/**
 * Whether an error at `cause` accounts for a null at `path`: one lies on the way to the other. A cause without
 * list indices stands for all items.
 */
export function explains(cause: Path, path: Path): boolean {
  let [i, j] = [0, 0];
  while (i < cause.length && j < path.length) {
    const [a, b] = [cause[i], path[j]];
    if (a === b) {
      i += 1;
      j += 1;
    } else if (typeof a === "string" && typeof b === "number") j += 1;
    else if (typeof a === "number" && typeof b === "string") i += 1;
    else return false;
  }
  return true;
}

type Place =
  | { readonly kind: "visible" | "hidden"; readonly path: Path }
  /** Below something that the client must not learn of. */
  | { readonly kind: "withheld" };

/** Follows a path of merged data through what the client selected; list indices become the client's. */
function locate(path: Path, root: ObjectShape, data: JsonObject, holds: JudgeRow): Place {
  const visible = (value: unknown, shapes: readonly ObjectShape[]): boolean =>
    !isJsonObject(value) ||
    narrow(value, shapes).every(({ rowChecks }) => rowChecks.every((check) => holds(check, value)));
  const found: (string | number)[] = [];
  let shapes: readonly ObjectShape[] = [root];
  let value: unknown = data;
  let masked = false;
  for (const segment of path) {
    if (typeof segment === "number") {
      const list: readonly unknown[] = Array.isArray(value) ? value : [];
      found.push(list.slice(0, segment).filter((item) => visible(item, shapes)).length);
      value = list[segment];
    } else {
      const fields = fieldsNamed(segment, narrow(value, shapes));
      if (fields.length === 0) return { kind: "hidden", path: found };
      if (fields.some((field) => isWithheld(field, value, holds))) return { kind: "withheld" };
      masked ||= fields.some(({ delivery }) => delivery.kind === "masked");
      found.push(segment);
      shapes = [...new Set(fields.flatMap(({ selection }) => [...(selection?.byType.values() ?? [])]))];
      value = isJsonObject(value) ? value[segment] : undefined;
    }
    if (!visible(value, shapes)) return { kind: "withheld" };
  }
  return { kind: masked ? "hidden" : "visible", path: found };
}

function isWithheld({ delivery, checks }: FieldShape, object: unknown, holds: JudgeRow): boolean {
  return (
    delivery.kind === "denied" || (isJsonObject(object) && !checks.every((check) => holds(check, object)))
  );
}

/** The shapes that an object can have, by its type where that is known. */
function narrow(value: unknown, shapes: readonly ObjectShape[]): readonly ObjectShape[] {
  const name = isJsonObject(value) ? value.__typename : undefined;
  const named = shapes.filter(({ typeName }) => typeName === name);
  return named.length > 0 ? named : shapes;
}

function fieldsNamed(responseKey: string, shapes: readonly ObjectShape[]): readonly FieldShape[] {
  return shapes.flatMap(({ fields }) => fields.filter((field) => field.responseKey === responseKey));
}
