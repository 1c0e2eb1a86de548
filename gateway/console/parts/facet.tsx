import type { FacetCount } from "../queries/product-list.ts";

export interface FacetProps {
  readonly name: string;
  readonly counts: readonly FacetCount[];
  /** Empty where nothing is. */
  readonly chosen: string;
  readonly choose: (value: string) => void;
}

const SHOWN = 12;

/** Values with their counts; choosing the chosen one again clears it. */
export function Facet({ name, counts, chosen, choose }: FacetProps) {
  const shown = counts.slice(0, SHOWN);
  const others = counts.slice(SHOWN);
  const all =
    chosen !== "" && !counts.some(({ value }) => value === chosen)
      ? [{ value: chosen, count: 0 }, ...shown]
      : shown;
  if (all.length === 0) return null;
  return (
    <fieldset class="facet">
      <legend>{name}</legend>
      {all.map(({ value, count }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          onClick={() => choose(value === chosen ? "" : value)}
        >
          <span>{value.toLowerCase() === value ? value : value.toLowerCase()}</span>
          <span class="quiet">{count}</span>
        </button>
      ))}
      {others.length > 0 && (
        <select
          aria-label={`More of ${name}`}
          value=""
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">{others.length} more …</option>
          {others.map(({ value, count }) => (
            <option key={value} value={value}>
              {value} ({count})
            </option>
          ))}
        </select>
      )}
    </fieldset>
  );
}
