import { useState } from "preact/hooks";
import { LineageView } from "../parts/lineage-view.tsx";
import { Nothing } from "../parts/states.tsx";
import { linkTo } from "../route.ts";

const DIRECTIONS = [
  ["BOTH", "both ways"],
  ["UPSTREAM", "upstream"],
  ["DOWNSTREAM", "downstream"],
] as const;

export interface LineagePageProps {
  readonly of: string;
  readonly query: URLSearchParams;
}

/** Walks the lineage from place to place. */
export function LineagePage({ of, query }: LineagePageProps) {
  const [direction = "BOTH"] = DIRECTIONS.find(([value]) => value === query.get("direction")) ?? [];
  const depth = Math.min(10, Math.max(1, Number(query.get("depth")) || 3));
  const isField = /^\w+\.\w+$/.test(of);
  return (
    <>
      <h1>Lineage</h1>
      <Place key={of} of={of} />
      {of === "" && (
        <Nothing
          title="Name a place to start from."
          hint="A field such as Customer.email, or a table of the warehouse."
        />
      )}
      {of !== "" && (
        <>
          <p class="choices">
            {DIRECTIONS.map(([value, name]) => (
              <a
                key={value}
                class="button"
                aria-current={value === direction ? "true" : undefined}
                href={linkTo("lineage", of, { direction: value, depth: String(depth) })}
              >
                {name}
              </a>
            ))}
            <a
              class="button"
              href={linkTo("lineage", of, { direction, depth: String(Math.min(10, depth + 2)) })}
            >
              {depth} steps, show more
            </a>
            {isField && (
              <a class="button" href={linkTo("field", of)}>
                About this field
              </a>
            )}
          </p>
          <LineageView key={`${of} ${direction} ${depth}`} of={of} direction={direction} depth={depth} />
        </>
      )}
    </>
  );
}

function Place({ of }: { readonly of: string }) {
  const [text, setText] = useState(of);
  const go = (event: Event) => {
    event.preventDefault();
    if (text.trim() !== "") location.hash = linkTo("lineage", text.trim());
  };
  return (
    <form class="search" onSubmit={go}>
      <input
        type="search"
        aria-label="A field, table or job"
        placeholder="Customer.email"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit">Follow</button>
    </form>
  );
}
