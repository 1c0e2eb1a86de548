import type {
  FieldShape,
  ObjectShape,
  OperationShape,
  SelectionShape,
} from "../execution/operation-shape.ts";

/** A shape that gives out nothing of what is counted. */
export interface WithheldShape {
  readonly shape: OperationShape;
  /** Where it holds something back: response keys from the root, each path once. */
  readonly paths: readonly { readonly path: readonly string[]; readonly coordinate: string }[];
}

/** More paths are not listed one by one. */
const MAX_PATHS = 1000;
/** Selections entered at most: fragments could spell one path in exponentially many ways. */
const MAX_STEPS = 100_000;

/** The shape of the same operation in which every counted field is refused; worked out once per shape. */
export function withholdCounted(shape: OperationShape): WithheldShape {
  const known = remembered.get(shape);
  if (known) return known;
  const made = {
    shape: { ...shape, root: new Withholding().object(shape.root) },
    paths: countedPaths(shape),
  };
  remembered.set(shape, made);
  return made;
}

const remembered = new WeakMap<OperationShape, WithheldShape>();

/** Keeps shared parts shared. */
class Withholding {
  readonly #objects = new Map<ObjectShape, ObjectShape>();
  readonly #selections = new Map<SelectionShape, SelectionShape>();

  object(shape: ObjectShape): ObjectShape {
    const known = this.#objects.get(shape);
    if (known) return known;
    const made = { ...shape, fields: shape.fields.map((field) => this.#field(field)) };
    this.#objects.set(shape, made);
    return made;
  }

  #field(field: FieldShape): FieldShape {
    if (field.counted) return { ...field, counted: null, selection: null, delivery: { kind: "denied" } };
    return field.selection ? { ...field, selection: this.#selection(field.selection) } : field;
  }

  #selection(selection: SelectionShape): SelectionShape {
    const known = this.#selections.get(selection);
    if (known) return known;
    const byType = new Map([...selection.byType].map(([type, shape]) => [type, this.object(shape)]));
    this.#selections.set(selection, { byType });
    return { byType };
  }
}

function countedPaths({ root }: OperationShape): WithheldShape["paths"] {
  const found = new Map<string, { path: readonly string[]; coordinate: string }>();
  let steps = 0;
  const walk = (shape: ObjectShape, path: readonly string[]): void => {
    steps += 1;
    if (steps > MAX_STEPS) return;
    for (const { responseKey, coordinate, counted, delivery, selection } of shape.fields) {
      if (found.size >= MAX_PATHS) return;
      const place = [...path, responseKey];
      const key = place.join("\n");
      if (counted && delivery.kind !== "denied" && !found.has(key))
        found.set(key, { path: place, coordinate });
      if (!counted) for (const inner of selection?.byType.values() ?? []) walk(inner, place);
    }
  };
  walk(root, []);
  return [...found.values()];
}
