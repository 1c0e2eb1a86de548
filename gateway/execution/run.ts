import type { Calls } from "./calls.ts";
import type { FoundPlaces, Place } from "./find-places.ts";
import type { JsonObject } from "./merge-entities.ts";
import type { RaisedError } from "./place-errors.ts";

/** A part of a compiled plan. Never rejects: what fails is raised as an error of the run. */
export type Step = (run: Run) => Promise<void>;

/** The state of one execution of a plan on parsed data. */
export class Run implements FoundPlaces {
  readonly calls: Calls;
  /** What the subgraphs gave so far, merged. */
  readonly data: JsonObject = {};
  readonly united = new Map<Place, readonly JsonObject[]>();
  readonly raised: RaisedError[] = [];

  constructor(calls: Calls) {
    this.calls = calls;
  }
}
