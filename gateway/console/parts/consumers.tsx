import type { Refusal } from "../ask.ts";
import type { Consumer } from "../queries/consumer.ts";
import { Guarded, Nothing } from "./states.tsx";
import { Table } from "./table.tsx";
import { sayNumber, sayTime } from "./times.ts";

export interface ConsumersProps {
  readonly consumers: readonly Consumer[] | null;
  readonly refusals: readonly Refusal[];
}

/** Applications that use something, with the operations they send. */
export function Consumers({ consumers, refusals }: ConsumersProps) {
  return (
    <section>
      <h2>Consumers</h2>
      <Guarded value={consumers} name="consumers" refusals={refusals}>
        {consumers?.length === 0 && <Nothing title="No application used it in the last 90 days." />}
        {consumers && consumers.length > 0 && (
          <Table columns={["Application", "Operations", "Requests", "Last seen"]} numbers={["Requests"]}>
            {consumers.map(({ application, operations, requests, lastSeen }) => (
              <tr key={application}>
                <th scope="row">{application || "(without a name)"}</th>
                <td data-label="Operations">
                  {operations.map(({ name, hash }) => name || hash.slice(0, 8)).join(", ")}
                </td>
                <td class="number" data-label="Requests">
                  {sayNumber(requests)}
                </td>
                <td class="when" data-label="Last seen">
                  {sayTime(lastSeen)}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Guarded>
    </section>
  );
}
