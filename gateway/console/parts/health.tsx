import type { PipelineTest, ServiceLevel } from "../queries/product.ts";
import type { QualityCheck } from "../queries/quality-check.ts";
import { linkTo } from "../route.ts";
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
        {levels.map((level) => (
          <Promised key={level.kind} level={level} />
        ))}
      </ul>
    </section>
  );
}

const UNITS: Readonly<Record<string, string>> = {
  AVAILABILITY: "%",
  ERROR_RATE: "%",
  LATENCY: "ms",
  FRESHNESS: "s",
};

function Promised({ level }: { readonly level: ServiceLevel }) {
  const { kind, objective, target, status, series } = level;
  // Nothing is measured of what has no age.
  if (kind === "FRESHNESS" && target === 0)
    return (
      <li>
        <span class="grow">Read straight from where it is written: it is never old.</span>
      </li>
    );
  return (
    <li>
      <span class="grow">
        {objective}
        <span class="quiet"> · {status?.message ?? "It is measured four times a minute, from now on."}</span>
      </span>
      <Sparkline
        values={(series ?? []).map(({ value }) => value)}
        target={target}
        label={`${objective}: the last 24 hours`}
      />
      {status?.value != null && (
        <span class="value">
          {sayNumber(status.value)} {UNITS[kind]}
        </span>
      )}
      <State state={status?.state ?? "UNKNOWN"} />
    </li>
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
                  {!newest && " · its first result comes when the domain has run it"}
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

/** What pipelines test of the tables below, without a rule of the product that asks for it. */
export function PipelineTests({ tests }: { readonly tests: readonly PipelineTest[] }) {
  if (tests.length === 0) return null;
  return (
    <section>
      <h2>Tests of its pipelines</h2>
      <ul class="health">
        {tests.map(({ dataset, column, assertion, reportedBy, results }) => {
          const place = column === null ? dataset : `${dataset}#${column}`;
          const [newest] = results;
          return (
            <li key={`${place} ${assertion} ${reportedBy}`}>
              <span class="grow">
                {assertion}: <a href={linkTo("lineage", place)}>{column ?? dataset}</a>
                <span class="quiet">
                  {column !== null && ` of ${dataset}`} · reported by {reportedBy}
                  {newest && `, ${sayTime(newest.at)}`}
                </span>
              </span>
              <Marks results={results} />
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
