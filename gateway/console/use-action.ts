import { useState } from "preact/hooks";
import { type Refusal, toRefusal } from "./ask.ts";

export interface Action<Result> {
  readonly isRunning: boolean;
  readonly result: Result | null;
  readonly refusal: Refusal | null;
  readonly run: (act: () => Promise<Result>) => void;
}

interface State<Result> extends Omit<Action<Result>, "run"> {
  readonly token: string | null;
}

/**
 * Something that happens when it is asked for, with what came of it.
 *
 * @param token of whoever does it: what came of it for one caller is never shown to the next
 */
export function useAction<Result>(token: string | null): Action<Result> {
  const fresh = { token, isRunning: false, result: null, refusal: null };
  const [kept, setState] = useState<State<Result>>(fresh);
  const state = kept.token === token ? kept : fresh;
  const settle = (settled: State<Result>) => setState((now) => (now.token === settled.token ? settled : now));
  const run = (act: () => Promise<Result>) => {
    setState({ ...state, isRunning: true, refusal: null });
    act().then(
      (result) => settle({ ...fresh, result }),
      (error: unknown) => settle({ ...fresh, refusal: toRefusal(error) }),
    );
  };
  return { isRunning: state.isRunning, result: state.result, refusal: state.refusal, run };
}
