import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** As whom one looks: what is shown is what this token may see. */
export interface Caller {
  readonly name: string;
  readonly description: string;
  readonly token: string | null;
}

/** What the gateway tells its page. */
export interface Session {
  readonly personas: readonly (Caller & { readonly token: string })[];
  readonly hasQueryPage: boolean;
  /** In the gateway's own process, elsewhere and followed by it, or neither. */
  readonly registry: "here" | "followed" | "none";
  /** The registry's number of what it serves now; null where it follows none. */
  readonly generation: number | null;
  readonly sampleQuery: string;
}

export const ANONYMOUS: Caller = { name: "anonymous", description: "without a token", token: null };

const KEY = "caller";

export interface Looking {
  readonly session: Session;
  readonly caller: Caller;
}

export const LookingContext = createContext<Looking>({
  session: { personas: [], hasQueryPage: false, registry: "none", generation: null, sampleQuery: "" },
  caller: ANONYMOUS,
});

/** As whom one looks, and what the gateway offers. */
export function useLooking(): Looking {
  return useContext(LookingContext);
}

export async function loadSession(): Promise<Session> {
  const response = await fetch("/console/session.json");
  return response.json();
}

/** All that can be chosen: a pasted token among them. */
export function callersOf({ personas }: Session, pasted: string | null): readonly Caller[] {
  const own =
    pasted === null ? [] : [{ name: "your token", description: "the token you pasted", token: pasted }];
  return [ANONYMOUS, ...personas, ...own];
}

/** The caller chosen before in this tab. A pasted token is kept nowhere: it ends with the page. */
export function rememberedCaller(session: Session): Caller {
  const name = sessionStorage.getItem(KEY);
  return callersOf(session, null).find((caller) => caller.name === name) ?? session.personas[0] ?? ANONYMOUS;
}

export function rememberCaller({ name }: Caller): void {
  sessionStorage.setItem(KEY, name);
}
