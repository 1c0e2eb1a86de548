import type { Rule } from "../queries/rule.ts";
import { sayMask } from "../say-mask.ts";

/** Rules of governance with the place that states them. */
export function Rules({ rules }: { readonly rules: readonly Rule[] }) {
  return (
    <ul class="rules">
      {rules.map(({ directive, summary, arguments: json, coordinate, subgraphs, reason }) => (
        <li key={`${directive} ${coordinate} ${summary}`}>
          {directive === "mask" && <div>{sayMask(json)}</div>}
          <code>@{directive}</code> {summary}
          <span class="quiet">
            {" "}
            on <code>{coordinate}</code>
            {subgraphs.length > 0 && `, stated by ${subgraphs.join(" and ")}`}
            {reason !== null && `: ${reason}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
