import type { OperationShape } from "./operation-shape.ts";
import { explains, placeErrors } from "./place-errors.ts";
import type { Run } from "./run.ts";
import type { Path, ShapedResponse, ShapeRequest, Shaper } from "./shape-response.ts";
import type { FastWriter } from "./write-response.ts";

/** Writes what a run has gathered: fast where nothing is wrong with it, else in full, which finds what is. */
export function deliver(
  { data, raised }: Run,
  request: ShapeRequest,
  shape: OperationShape,
  write: FastWriter | null,
  complete: () => Shaper,
): ShapedResponse {
  const text = write?.(data, request) ?? null;
  if (raised.length === 0 && text !== null) return { dataText: text, errors: [] };
  const placed = placeErrors(raised, shape, data, request);
  if (text !== null) return { dataText: text, errors: placed };
  request.tally?.clear();
  const covers = [
    ...raised.flatMap((error) => error.covers),
    ...placed.flatMap(({ path }) => (path ? [path] : [])),
  ];
  const isExplained = (path: Path) => covers.some((cover) => explains(cover, path));
  const { dataText, errors } = complete()(data, request, isExplained);
  return { dataText, errors: [...placed, ...errors] };
}
