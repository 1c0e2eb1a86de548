import type { QualityCheck, ServiceLevel } from "../queries.ts";
import { State } from "./badges.tsx";
import { Sparkline } from "./sparkline.tsx";
import { sayNumber, sayTime } from "./times.ts";

/** What is promised, and how it is kept. */
export function ServiceLevels({ levels }: { readonly levels: readonly ServiceLevel[] }) {
  if (levels.length === 0) return null;
  return (
    <section>
      <h2>Service levels</h2>
      <ul class="health">
        {levels.map(({ kind, objective, target, status, series }) => (
          <li key={kind}>
            <span class="grow">
              {objective}
              {status?.message && <span class="quiet"> · {status.message}</span>}
            </span>
            <Sparkline
              values={(series ?? []).map(({ value }) => value)}
              target={target}
              label={`${objective}: the last 24 hours`}
            />
            {status?.value != null && <span class="number">{sayNumber(status.value)}</span>}
            {status?.errorBudgetRemaining != null && (
              <span class="quiet">{Math.round(status.errorBudgetRemaining * 100)} % of the budget left</span>
            )}
            <State state={status?.state ?? "UNKNOWN"} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How data is checked, each run a mark, the newest last. */
export function QualityChecks({ checks }: { readonly checks: readonly QualityCheck[] }) {
  if (checks.length === 0) return null;
  return (
    <section>
      <h2>Quality</h2>
      <ul class="health">
        {checks.map(({ id, summary, severity, results }) => {
          const [newest] = results ?? [];
          return (
            <li key={id}>
              <span class="grow">
                {summary}
                <span class="quiet">
                  {" "}
                  · {severity.toLowerCase()}
                  {newest && ` · ${sayTime(newest.at)}`}
                  {newest?.message && ` · ${newest.message}`}
                </span>
              </span>
              <Marks results={results ?? []} />
              <State state={newest?.outcome ?? "UNKNOWN"} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Marks({ results }: { readonly results: NonNullable<QualityCheck["results"]> }) {
  if (results.length === 0) return null;
  const good = results.filter(({ outcome }) => outcome === "PASSED").length;
  return (
    <svg
      class="marks"
      width={results.length * 5}
      height="16"
      role="img"
      aria-label={`${good} of the last ${results.length} runs passed`}
    >
      {results.toReversed().map(({ at, outcome }, index) => (
        <rect key={at} class={outcome.toLowerCase()} x={index * 5} y="2" width="3" height="12" rx="1" />
      ))}
    </svg>
  );
}
