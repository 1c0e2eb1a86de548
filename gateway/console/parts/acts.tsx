import type { RegistryDoor } from "../registry-door.ts";
import { useAction } from "../use-action.ts";
import { Failure } from "./states.tsx";
import { Table } from "./table.tsx";
import { sayTime } from "./times.ts";

interface Act {
  readonly at: string;
  readonly actor: string;
  readonly verb: string;
  readonly subject: string;
  readonly outcome: string;
}

/** What was tried at the registry and what came of it, checks and refusals included; for the governance team. */
export function Acts({ door }: { readonly door: RegistryDoor }) {
  const { result, refusal, isRunning, run } = useAction<readonly Act[]>(door.actor);
  const load = () => run(() => door.act("GET", "/acts?limit=100", null));
  return (
    <section>
      <div class="title">
        <h2>Checks and acts</h2>
        <button type="button" disabled={isRunning} onClick={load}>
          {result ? "Again" : "Show"}
        </button>
      </div>
      {refusal && <Failure refusal={refusal} />}
      {result && (
        <Table columns={["When", "Who", "What", "On", "Outcome"]}>
          {result.map(({ at, actor, verb, subject, outcome }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole
            <tr key={index}>
              <td class="when">{sayTime(at)}</td>
              <td data-label="Who">{actor}</td>
              <td data-label="What">{verb}</td>
              <td data-label="On">{subject}</td>
              <td data-label="Outcome">{outcome}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
