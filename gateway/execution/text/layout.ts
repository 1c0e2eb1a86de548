import type { GraphQLOutputType } from "graphql";

/**
 * How the answer to a fetch lies in memory once it is read: not as objects, but as records of whole numbers in one
 * array per answer (a "tape"). Of a leaf a record holds where its text starts and ends in the answer; of an
 * object or a list, where its record is, or -1 for null. The record of a list is its length and its items.
 */
export interface SelectionLayout {
  readonly id: number;
  /** By type name; more than one where `__typename`, which then comes first, decides. */
  readonly byType: ReadonlyMap<string, ObjectLayout>;
  /** Numbers of a record: {@link HEADER}, then the slots, the same for all types. */
  readonly size: number;
}

export interface ObjectLayout {
  readonly typeName: string;
  /** Stands in the first number of a record. */
  readonly variant: number;
  /** In the order of the answer. */
  readonly fields: readonly FieldLayout[];
}

export interface FieldLayout {
  readonly key: string;
  readonly fieldName: string;
  readonly type: GraphQLOutputType;
  /** Of the record: for a leaf its start, followed by its end. */
  readonly slot: number;
  readonly selection: SelectionLayout | null;
}

/** The field under a response key, in one type's layout. */
export function fieldOf({ fields }: ObjectLayout, key: string): FieldLayout | undefined {
  return fields.find((field) => field.key === key);
}

/** Whether an object of this type says first of all which type it is. */
export function startsWithType({ fields }: ObjectLayout): boolean {
  return fields[0]?.key === "__typename" && fields[0].fieldName === "__typename";
}

/** A record starts with the number of its type, and the number of the object at its place. */
export const HEADER = 2;

/** Thrown while compiling: this operation has to be executed on parsed data. */
export class NotOnTape extends Error {
  override readonly name = "NotOnTape";
}
