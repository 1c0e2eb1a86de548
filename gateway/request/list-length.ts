import {
  type FieldNode,
  type GraphQLField,
  getNullableType,
  isListType,
  Kind,
  type ValueNode,
} from "graphql";
import { ClientError } from "../../shared/errors.ts";
import type { ListSize } from "../supergraph/cost-facts.ts";
import type { Amount, CostTape, Variables } from "./cost-tape.ts";

/** Arguments that say how long a page is where the schema has no `@listSize`. */
const PAGE_ARGUMENTS = ["first", "last", "limit"];

export interface FieldUse {
  readonly node: FieldNode;
  readonly field: GraphQLField<unknown, unknown>;
  /** Of the field, as `Type.field`. */
  readonly coordinate: string;
}

/** Whether a field's arguments say how many items come, though its schema has no `@listSize`. */
export function isPaged({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ name }) => PAGE_ARGUMENTS.includes(name));
}

/**
 * How many items a field is to return: the largest of its slicing arguments, else what the schema assumes, else the
 * usual length. A number below one says nothing: some domains take it for all of them.
 *
 * @param usual length of lists of which nothing is known
 */
export function listLength(use: FieldUse, size: ListSize | null, usual: number, tape: CostTape): Amount {
  if (!size && !isPaged(use.field)) return lookupLength(use, usual, tape);
  const names = size ? size.slicingArguments : PAGE_ARGUMENTS;
  const otherwise = size?.assumedSize ?? usual;
  const readers = names.flatMap((name) => readerOf(use, name) ?? []);
  const mustBeOne = names.length > 0 && size?.requireOneSlicingArgument === true;
  const decide = (variables: Variables): number => {
    const given = readers.filter(({ isDefault }) => !isDefault).map(({ read }) => read(variables));
    const stated = given.filter((length) => length !== null);
    if (mustBeOne && stated.length !== 1) refuseUnclear(use, names, stated.length, readers);
    const usable = stated.length > 0 ? stated : readers.map(({ read }) => read(variables));
    return (
      Math.max(0, ...usable.map((length) => (length === null || length < 1 ? otherwise : length))) ||
      otherwise
    );
  };
  return readers.some(({ isVariable }) => isVariable) ? tape.read(decide) : decide({});
}

/** A list by a list of ids is as long as that, and no shorter than other lists. */
function lookupLength(use: FieldUse, usual: number, tape: CostTape): Amount {
  const lists = use.field.args.filter(({ type }) => isListType(getNullableType(type)));
  const readers = lists.flatMap(({ name }) => readerOf(use, name) ?? []);
  const decide = (variables: Variables) =>
    Math.max(usual, ...readers.map(({ read }) => read(variables) ?? 0));
  return readers.some(({ isVariable }) => isVariable) ? tape.read(decide) : decide({});
}

interface Reader {
  readonly isVariable: boolean;
  /** From the schema, where the operation does not say. */
  readonly isDefault: boolean;
  /** Null where nothing is given. */
  readonly read: (variables: Variables) => number | null;
}

/** How the length that an argument states is read, or null for an argument that states none. */
function readerOf({ node, field }: FieldUse, name: string): Reader | null {
  const written = node.arguments?.find((argument) => argument.name.value === name)?.value;
  const fallback = lengthOf(field.args.find((argument) => argument.name === name)?.defaultValue);
  if (written) return readerOfValue(written, fallback);
  return fallback === null ? null : { isVariable: false, isDefault: true, read: () => fallback };
}

function readerOfValue(value: ValueNode, fallback: number | null): Reader | null {
  if (value.kind === Kind.VARIABLE) {
    const name = value.name.value;
    const read = (variables: Variables) => (name in variables ? lengthOf(variables[name]) : fallback);
    return { isVariable: true, isDefault: false, read };
  }
  const length =
    value.kind === Kind.INT ? Number(value.value) : value.kind === Kind.LIST ? value.values.length : null;
  return length === null ? null : { isVariable: false, isDefault: false, read: () => length };
}

/** Of a list that is sent, its own. */
function lengthOf(value: unknown): number | null {
  if (Array.isArray(value)) return value.length;
  return typeof value === "number" ? value : null;
}

/** An argument that the schema gives a value counts where no other is given. */
function refuseUnclear(
  { coordinate }: FieldUse,
  names: readonly string[],
  stated: number,
  readers: readonly Reader[],
): void {
  if (stated === 0 && readers.some(({ isDefault }) => isDefault)) return;
  throw new ClientError("BAD_USER_INPUT", `${coordinate} needs exactly one of ${names.join(", ")}.`, {
    coordinate,
  });
}
