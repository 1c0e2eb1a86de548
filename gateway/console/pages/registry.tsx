import { useState } from "preact/hooks";
import { askRest } from "../ask.ts";
import { Acts } from "../parts/acts.tsx";
import { GenerationDiff } from "../parts/generation-diff.tsx";
import { RollBack } from "../parts/roll-back.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { sayTime } from "../parts/times.ts";
import { useLooking } from "../session.ts";
import { useAction } from "../use-action.ts";

interface Generation {
  readonly number: number;
  readonly hash: string;
  readonly act: string;
  readonly author: string;
  readonly reason: string;
  readonly createdAt: string;
  readonly subgraphs: readonly { readonly name: string; readonly version: number }[];
}

/** Generations of the graph: what was published, by whom and why; what differs; back to an earlier one. */
export function RegistryPage() {
  const { session } = useLooking();
  return (
    <>
      <h1>Registry</h1>
      {session.hasRegistry ? <History /> : <Elsewhere />}
    </>
  );
}

/** This gateway only follows it; whoever may see it has its address, and no token of it passes through here. */
function Elsewhere() {
  return (
    <section>
      <p>The registry is a service of its own; this gateway only serves what it publishes.</p>
      <p class="quiet">
        With its address and a deploy token, your command line shows the same and rolls back:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{COMMANDS}</pre>
    </section>
  );
}

const COMMANDS = `export DPG_REGISTRY_URL=https://… DPG_TOKEN=dpgd_…
npx dpg supergraph history
npx dpg registry acts
npx dpg supergraph rollback --generation N --reason "…"`;

function History() {
  const [token, setToken] = useState("");
  const history = useAction<readonly Generation[]>(token);
  const load = () =>
    history.run(() =>
      askRest<readonly Generation[]>("GET", "/registry/v1/history?limit=100", null, { token }),
    );
  return (
    <>
      <form
        class="fields-form"
        onSubmit={(event) => {
          event.preventDefault();
          load();
        }}
      >
        <label>
          <span>Deploy token, kept until you leave this page</span>
          <input
            type="password"
            autocomplete="off"
            placeholder="dpgd_…"
            value={token}
            onInput={(event) => setToken(event.currentTarget.value.trim())}
          />
        </label>
        <button type="submit" class="primary" disabled={token === "" || history.isRunning}>
          Open
        </button>
      </form>
      {history.refusal && <Failure refusal={history.refusal} />}
      {history.isRunning && history.result === null && <Loading />}
      {history.result === null && !history.isRunning && !history.refusal && (
        <p class="quiet">
          The registry answers deploy tokens: a domain's shows generations, the governance team's also who did
          what, and rolls back. In development: <code>npx dpg token --deploy governance</code>
        </p>
      )}
      {history.result && <Generations generations={history.result} token={token} reload={load} />}
    </>
  );
}

interface GenerationsProps {
  readonly generations: readonly Generation[];
  readonly token: string;
  readonly reload: () => void;
}

function Generations({ generations, token, reload }: GenerationsProps) {
  const [shown, setShown] = useState<number | null>(null);
  const newest = generations[0]?.number ?? 0;
  return (
    <>
      <h2>Generations</h2>
      <ul class="history">
        {generations.map(({ number, act, author, reason, createdAt, subgraphs }) => (
          <li key={number}>
            <strong>{number}</strong>
            {number === newest && <span class="state state-good">served</span>}
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
                <GenerationDiff number={number} before={before(generations, number)} token={token} />
                {number !== newest && <RollBack to={number} token={token} done={reload} />}
              </div>
            )}
          </li>
        ))}
      </ul>
      <Acts token={token} />
    </>
  );
}

/** The generation that came before, as far as it is listed. */
function before(generations: readonly Generation[], number: number): number | null {
  return generations.find((generation) => generation.number < number)?.number ?? null;
}
