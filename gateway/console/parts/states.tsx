import type { ComponentChildren } from "preact";
import type { Refusal } from "../ask.ts";

/** What was refused, why, and what helps. */
export function Failure({ refusal }: { readonly refusal: Refusal }) {
  const { code, message, cause, remedy, missing } = refusal;
  return (
    <section class="failure" role="alert">
      <h2>{message}</h2>
      <dl>
        <dt>Code</dt>
        <dd>
          <code>{code}</code>
        </dd>
        {cause && <dt>Cause</dt>}
        {cause && <dd>{cause}</dd>}
        {missing.length > 0 && <dt>Missing</dt>}
        {missing.length > 0 && <dd>{missing.map((all) => all.join(" and ")).join(", or ")}</dd>}
        {remedy && <dt>Remedy</dt>}
        {remedy && <dd>{remedy}</dd>}
      </dl>
    </section>
  );
}

/** Something is under way. */
export function Loading() {
  return (
    <p class="loading" role="status">
      Loading …
    </p>
  );
}

/** There is nothing to show, and that is no error. */
export function Nothing({ title, hint }: { readonly title: string; readonly hint?: string }) {
  return (
    <div class="nothing">
      <p>{title}</p>
      {hint && <p class="quiet">{hint}</p>}
    </div>
  );
}

export interface GuardedProps {
  /** Null where it was withheld. */
  readonly value: unknown;
  readonly name: string;
  readonly refusals: readonly Refusal[];
  readonly children: ComponentChildren;
}

/** A part of a page that the caller may not see is said to be so, with what is missing. */
export function Guarded({ value, name, refusals, children }: GuardedProps) {
  if (value !== null) return <>{children}</>;
  const refusal = refusals.find(({ path }) => path.includes(name));
  if (!refusal) return <p class="quiet">Not available.</p>;
  const needed = refusal.missing.map((all) => all.join(" and ")).join(", or ");
  const help =
    refusal.code === "UNAUTHENTICATED"
      ? "It is for callers who are known: choose one above, or give your token there."
      : needed === ""
        ? refusal.remedy
        : `It needs ${needed}.`;
  return (
    <p class="withheld">
      <code>{refusal.code}</code> {help}
    </p>
  );
}
