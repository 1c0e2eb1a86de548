import type { FetchDataRewrite, FetchNode, PlanNode, ResponsePath } from "@apollo/query-planner";
import { type DocumentNode, parse } from "graphql";
import { type Call, callText, compileCall } from "./compile-call.ts";
import { type KeyTree, keysOfOperation, uniteKeys } from "./merge-entities.ts";
import { fragmentType } from "./rewrite-data.ts";
import { type PathStep, parsePath } from "./walk-path.ts";

/** A Fetch node of a plan with where it stands. */
export interface PlannedFetch {
  readonly fetch: FetchNode;
  /** From the root of the response to the objects it is about; empty for a fetch of root fields. */
  readonly steps: readonly PathStep[];
  /** {@link steps} as text: equal for fetches about the same objects. */
  readonly at: string;
  /** Its operation, parsed. */
  readonly document: DocumentNode;
  /** What it adds to the objects. */
  readonly keys: KeyTree;
  readonly call: Call;
}

/** All fetches of a plan, in its order. */
export function planFetches(root: PlanNode): ReadonlyMap<FetchNode, PlannedFetch> {
  const placed = collect(root, []);
  const texts = placed.map(({ fetch }) => callText(fetch));
  return new Map(
    placed.map(({ fetch, path }, index) => {
      const text = texts[index] ?? "";
      const id = texts.indexOf(text);
      const call = compileCall(fetch, id, texts.lastIndexOf(text) === id);
      return [fetch, describe(fetch, path, call)];
    }),
  );
}

interface PlacedFetch {
  readonly fetch: FetchNode;
  readonly path: ResponsePath;
}

function collect(node: PlanNode, path: ResponsePath): readonly PlacedFetch[] {
  switch (node.kind) {
    case "Sequence":
    case "Parallel":
      return node.nodes.flatMap((child) => collect(child, path));
    case "Flatten":
      return collect(node.node, [...path, ...node.path]);
    case "Condition":
      return [node.ifClause, node.elseClause].flatMap((child) => (child ? collect(child, path) : []));
    case "Fetch":
      return [{ fetch: node, path }];
    case "Defer":
      return [];
  }
}

function describe(fetch: FetchNode, path: ResponsePath, call: Call): PlannedFetch {
  const document = parse(fetch.operation, { noLocation: true });
  const keys = keysOfOperation(document, fetch.requires !== undefined);
  return {
    fetch,
    steps: parsePath(path),
    at: path.filter((element) => element !== "").join("."),
    document,
    keys: (fetch.outputRewrites ?? []).reduce(withRenamedKey, keys),
    call,
  };
}

/** Data that a plan renames keys in is merged by the keys it has then. */
function withRenamedKey(keys: KeyTree, rewrite: FetchDataRewrite): KeyTree {
  return rewrite.kind === "KeyRenamer" ? addRenamed(keys, rewrite.path, rewrite.renameKeyTo) : keys;
}

function addRenamed(keys: KeyTree, path: readonly string[], name: string): KeyTree {
  const [first, ...rest] = path;
  if (first === undefined) return keys;
  if (fragmentType(first) !== null) return addRenamed(keys, rest, name);
  const below = keys.get(first) ?? null;
  if (rest.length > 0) return below === null ? keys : new Map(keys).set(first, addRenamed(below, rest, name));
  const known = keys.get(name);
  return new Map(keys).set(name, known && below ? uniteKeys(known, below) : (known ?? below));
}
