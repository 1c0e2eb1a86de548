import { useEffect, useState } from "preact/hooks";
import { type Answer, askGraphQL, type Refusal, toRefusal } from "./ask.ts";
import { useLooking } from "./session.ts";

/** What became of a question; while a new one is under way, the answer to the one before stays. */
export interface Asked<Data> {
  readonly isLoading: boolean;
  readonly answer: Answer<Data> | null;
  readonly refusal: Refusal | null;
}

interface State<Data> extends Asked<Data> {
  readonly token: string | null;
}

/**
 * Asks as the caller, again whenever the question or the caller changes; only the newest answer counts, and what one
 * caller was answered is never shown to the next.
 */
export function useAsked<Data>(query: string, variables: Readonly<Record<string, unknown>>): Asked<Data> {
  const { caller } = useLooking();
  const { token } = caller;
  const fresh = { token, isLoading: true, answer: null, refusal: null };
  const [asked, setAsked] = useState<State<Data>>(fresh);
  const key = JSON.stringify(variables);
  useEffect(() => {
    const controller = new AbortController();
    setAsked((before) => {
      const answer = before.token === token ? before.answer : null;
      return { token, isLoading: true, answer, refusal: null };
    });
    askGraphQL<Data>(query, JSON.parse(key), { token, signal: controller.signal }).then(
      (answer) => {
        if (!controller.signal.aborted) setAsked({ token, isLoading: false, answer, refusal: null });
      },
      (error: unknown) => {
        if (!controller.signal.aborted)
          setAsked({ token, isLoading: false, answer: null, refusal: toRefusal(error) });
      },
    );
    return () => controller.abort();
  }, [query, key, token]);
  return asked.token === token ? asked : fresh;
}
