import type { QueryPlanSelectionNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import type { PlannedFetch } from "../plan-fetches.ts";
import { isOfType } from "../rewrite-data.ts";
import type { PathStep } from "../walk-path.ts";
import { LayoutBuilder } from "./build-layout.ts";
import { fieldOf, NotOnTape, type ObjectLayout, type SelectionLayout } from "./layout.ts";

/** A fetch as the text program sees it. */
export interface TextFetch {
  readonly index: number;
  readonly planned: PlannedFetch;
  /** Null for a fetch of root fields. */
  readonly place: TextPlace | null;
  readonly layout: SelectionLayout;
}

/** Where objects are that entity fetches are about. */
export interface TextPlace {
  readonly index: number;
  readonly at: string;
  /** The fetch whose answer has the objects. */
  readonly provider: TextFetch;
  /** From a record of the provider to the objects: slots of records and lists. */
  readonly way: readonly (number | "list")[];
  readonly layout: SelectionLayout;
  /**
   * Whether equal objects are one: all of them that is read are leaves, so equal texts are equal objects
   * (see find-places.ts).
   */
  readonly unites: boolean;
  /** Those that add to the objects, in the plan's order. */
  readonly fetches: readonly TextFetch[];
}

export interface TextPlan {
  readonly fetches: readonly TextFetch[];
  readonly places: readonly TextPlace[];
}

/**
 * Lays out a plan's answers and finds its places.
 *
 * @throws NotOnTape for what is left to execution on parsed data: mutations, rewrites, contexts, conditions on
 * types in paths, directives, and data that more than one subgraph gives
 */
export function planText(planned: readonly PlannedFetch[], schema: GraphQLSchema): TextPlan {
  const builder = new LayoutBuilder(schema);
  const fetches: TextFetch[] = [];
  const places: MutablePlace[] = [];
  // A place is found in the answer of a fetch about a place nearer to the root.
  const ordered = [...planned].sort((a, b) => a.steps.length - b.steps.length);
  for (const item of ordered) {
    refuseUnsupported(item);
    if (item.fetch.requires === undefined) {
      if (item.steps.length > 0) throw new NotOnTape();
      fetches.push({
        index: fetches.length,
        planned: item,
        place: null,
        layout: builder.root(item.document),
      });
      continue;
    }
    let place = places.find(({ at }) => at === item.at);
    if (!place) {
      place = locate(item, places.length, fetches);
      places.push(place);
    }
    const types = representedTypes(item, place.layout, schema);
    const layout = builder.entities(item.document, types);
    const fetch = { index: fetches.length, planned: item, place, layout };
    fetches.push(fetch);
    place.fetches.push(fetch);
  }
  return { fetches, places };
}

/** What is required of a type, if it is fields only; undefined where nothing is. */
export function requiredOf(
  { fetch }: PlannedFetch,
  type: string,
  schema: GraphQLSchema,
): readonly QueryPlanSelectionNode[] | undefined {
  const fragments = (fetch.requires ?? []).filter(
    (node) => node.kind === "InlineFragment" && isOfType(schema, type, node.typeCondition ?? type),
  );
  if (fragments.length > 1) throw new NotOnTape();
  return fragments[0]?.selections;
}

type MutablePlace = TextPlace & { readonly fetches: TextFetch[] };

function refuseUnsupported({ fetch, steps }: PlannedFetch): void {
  const rewrites = [fetch.inputRewrites, fetch.outputRewrites, fetch.contextRewrites];
  if (
    fetch.operationKind !== "query" ||
    rewrites.some((list) => list !== undefined && list.length > 0) ||
    steps.some(({ types }) => types !== null) ||
    fetch.variableUsages?.includes("representations")
  ) {
    throw new NotOnTape();
  }
}

/** Finds the one answer that leads to a place. */
function locate({ at, steps }: PlannedFetch, index: number, fetches: readonly TextFetch[]): MutablePlace {
  const ways = fetches.flatMap((provider) => {
    const start = provider.planned.steps;
    const way = isPrefix(start, steps) ? follow(provider.layout, steps.slice(start.length)) : null;
    return way ? [{ provider, ...way }] : [];
  });
  const [found] = ways;
  if (!found || ways.length > 1) throw new NotOnTape();
  // An object that does not tell its type is not represented, so it must be sure that all of them do.
  if (![...found.layout.byType.values()].every(tellsType)) throw new NotOnTape();
  const unites = [...found.layout.byType.values()].every(({ fields }) =>
    fields.every(({ selection }) => selection === null),
  );
  return { index, at, ...found, unites, fetches: [] };
}

function tellsType(type: ObjectLayout): boolean {
  return fieldOf(type, "__typename")?.fieldName === "__typename";
}

interface Found {
  readonly way: readonly (number | "list")[];
  readonly layout: SelectionLayout;
}

/** The slots that steps lead through, the same for all types on the way; null where there is no such way. */
function follow(start: SelectionLayout, steps: readonly PathStep[]): Found | null {
  const way: (number | "list")[] = [];
  let layout = start;
  for (const step of steps) {
    if (step.kind === "list") {
      way.push("list");
      continue;
    }
    const fields = [...layout.byType.values()].flatMap((type) => fieldOf(type, step.key) ?? []);
    const [field] = fields;
    if (!field?.selection) return null;
    // Objects of different types may lead on in different ways; only what they have in common is followed.
    if (fields.some(({ slot, selection }) => slot !== field.slot || selection !== field.selection))
      throw new NotOnTape();
    way.push(field.slot);
    layout = field.selection;
  }
  return way.length === 0 ? null : { way, layout };
}

function representedTypes(
  fetch: PlannedFetch,
  layout: SelectionLayout,
  schema: GraphQLSchema,
): readonly string[] {
  return [...layout.byType.keys()].filter((type) => requiredOf(fetch, type, schema) !== undefined);
}

function isPrefix(short: readonly PathStep[], long: readonly PathStep[]): boolean {
  return short.every((step, index) => {
    const other = long[index];
    return (
      step.kind === other?.kind && (step.kind === "list" || (other.kind === "key" && step.key === other.key))
    );
  });
}
