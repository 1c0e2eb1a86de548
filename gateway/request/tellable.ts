import { hiddenNames } from "../supergraph/hidden-names.ts";
import type { PreparedOperation } from "./prepare-operation.ts";

interface Told<Message extends string | undefined> {
  /** What it is about. */
  readonly coordinate: string;
  readonly message: Message;
  readonly unnamed: Message;
  readonly details: Readonly<Record<string, string>> | undefined;
}

/**
 * What the operation's client may be told of a rule: nothing that names what its API does not have, such as the
 * replacement of a retired field that only another contract shows.
 */
export function tellable<Message extends string | undefined>(
  { supergraph, contract }: PreparedOperation,
  { coordinate, message, unnamed, details }: Told<Message>,
): { readonly message: Message; readonly details: Readonly<Record<string, string>> } {
  if (!details) return { message, details: {} };
  const { isRevealing } = hiddenNames(supergraph, contract.schema);
  const shown = Object.entries(details).filter(([, text]) => !isRevealing(text, coordinate));
  const isWhole = shown.length === Object.keys(details).length;
  return { message: isWhole ? message : unnamed, details: Object.fromEntries(shown) };
}
