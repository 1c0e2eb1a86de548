import { type Generation, visibleTo } from "./identities.ts";
import type { Asked } from "./questions.ts";
import type { Received } from "./send.ts";

export interface Judgement {
  readonly foreign: number;
  readonly own: number;
  readonly incomplete: number;
}

/**
 * Looks for canaries by their first character; each has to be the caller's own, in a field that it may see in one of
 * the generations that could have answered. What it may see in all of them has to be there.
 *
 * @param served generations that may have answered
 */
export function judge(
  asked: Asked,
  { status, headers, text }: Received,
  served: readonly Generation[],
): Judgement {
  const { identity, purpose, questions } = asked;
  const views = [...new Set(served)].map((generation) => visibleTo(identity, purpose, generation));
  const allowed = views.join("");
  const found = lettersIn(text, identity.id, allowed);
  const isDue = (letter: string) => views.every((view) => view.includes(letter));
  const due = questions.flatMap(({ asks }) => [...asks].filter(isDue));
  const isMissing = due.some((letter) => !found.letters.includes(letter));
  const lacksNonce =
    questions.some(({ query }) => query.includes("$nonce")) && !text.includes(`"${asked.nonce}"`);
  const strangers = (text.match(/nonce-\d+-\d+/g) ?? []).filter((nonce) => nonce !== asked.nonce).length;
  return {
    foreign: found.foreign + lettersIn(headers, identity.id, "").foreign + strangers,
    own: found.letters.length,
    incomplete: status !== 200 || isMissing || lacksNonce ? questions.length : 0,
  };
}

function lettersIn(
  text: string,
  id: string,
  allowed: string,
): { readonly foreign: number; readonly letters: string } {
  let foreign = 0;
  let letters = "";
  for (let at = text.indexOf("~"); at >= 0; at = text.indexOf("~", at + 1)) {
    const letter = text[at + 4] ?? "";
    if (text.startsWith(id, at + 1) && allowed.includes(letter) && letter !== "") letters += letter;
    else foreign += 1;
  }
  return { foreign, letters };
}
