import { useState } from "preact/hooks";
import type { RegistryDoor } from "../registry-door.ts";
import { Acts } from "./acts.tsx";
import { GenerationDiff } from "./generation-diff.tsx";
import { RollBack } from "./roll-back.tsx";
import { sayTime } from "./times.ts";

export interface Generation {
  readonly number: number;
  readonly hash: string;
  readonly act: string;
  readonly author: string;
  readonly reason: string;
  readonly createdAt: string;
  readonly subgraphs: readonly { readonly name: string; readonly version: number }[];
}

export interface GenerationsProps {
  readonly generations: readonly Generation[];
  /** Number of the one that this gateway serves: it may be behind the newest, or have refused it. */
  readonly served: number | null;
  readonly door: RegistryDoor;
  readonly reload: () => void;
}

/** The newest first, each with what it changed, and what was tried at the registry. */
export function Generations({ generations, served, door, reload }: GenerationsProps) {
  const [shown, setShown] = useState<number | null>(null);
  const newest = generations[0]?.number ?? 0;
  return (
    <>
      <section>
        <h2>Generations</h2>
        <ul class="history">
          {generations.map(({ number, act, author, reason, createdAt, subgraphs }) => (
            <li key={number}>
              <strong>{number}</strong>
              {number === served && <span class="state state-good">served</span>}
              {served !== null && number > served && <span class="state state-warn">not served here</span>}
              <span class="grow">
                {act} by {author}
                {reason && `: ${reason}`}
                <span class="quiet">
                  {" · "}
                  {subgraphs.map(({ name, version }) => `${name} ${version}`).join(", ")}
                </span>
              </span>
              <span class="quiet">{sayTime(createdAt)}</span>
              <button
                type="button"
                aria-expanded={shown === number}
                aria-label={`Details of generation ${number}`}
                onClick={() => setShown(shown === number ? null : number)}
              >
                Details
              </button>
              {shown === number && (
                <div class="details">
                  <GenerationDiff number={number} before={before(generations, number)} door={door} />
                  {number !== newest && <RollBack to={number} door={door} done={reload} />}
                </div>
              )}
            </li>
          ))}
        </ul>
      </section>
      <Acts door={door} />
    </>
  );
}

/** The generation that came before, as far as it is listed. */
function before(generations: readonly Generation[], number: number): number | null {
  return generations.find((generation) => generation.number < number)?.number ?? null;
}
