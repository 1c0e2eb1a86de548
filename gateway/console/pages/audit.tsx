import { useState } from "preact/hooks";
import { askRest } from "../ask.ts";
import { State } from "../parts/badges.tsx";
import { Failure, Nothing } from "../parts/states.tsx";
import { Table } from "../parts/table.tsx";
import { sayNumber, sayTime } from "../parts/times.ts";
import { useLooking } from "../session.ts";
import { useAction } from "../use-action.ts";

interface Access {
  readonly subject: string | null;
  readonly client: string;
  readonly purpose: string | null;
  readonly decision: string;
  readonly rule: string;
  readonly isCertain: boolean;
  readonly requests: number;
  readonly values: number;
  readonly last: string;
}

interface Found {
  readonly accesses: readonly Access[];
  readonly isTruncated: boolean;
}

const SPANS = [
  [24, "the last day"],
  [168, "the last 7 days"],
  [720, "the last 30 days"],
  [2160, "the last 90 days"],
] as const;

/** Who saw what, for the governance team. */
export function AuditPage({ coordinate: given }: { readonly coordinate: string }) {
  const { caller } = useLooking();
  const [coordinate, setCoordinate] = useState(given || "Customer.email");
  const [entity, setEntity] = useState("");
  const [subject, setSubject] = useState("");
  const [hours, setHours] = useState(168);
  const { isRunning, result, refusal, run } = useAction<Found>(caller.token);
  const search = (event: Event) => {
    event.preventDefault();
    const body = { coordinate, hours, ...optional("entity", entity), ...optional("subject", subject) };
    run(() => askRest<Found>("POST", "/governance/audit/who", body, { token: caller.token }));
  };
  return (
    <>
      <h1>Who saw it</h1>
      <p class="quiet">
        Deliveries and refusals of audited fields, for the governance team. Each search is logged.
      </p>
      <form class="fields-form" onSubmit={search}>
        <Text name="Field" value={coordinate} set={setCoordinate} />
        <Text name="Entity, by key" value={entity} set={setEntity} hint="C0021" />
        <Text name="Caller" value={subject} set={setSubject} hint="subject of the token" />
        <label>
          <span>When</span>
          <select value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
            {SPANS.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" disabled={isRunning}>
          Search
        </button>
      </form>
      {refusal && <Failure refusal={refusal} />}
      {result?.accesses.length === 0 && <Nothing title="Nobody, in that time." />}
      {result && result.accesses.length > 0 && <Accesses found={result} />}
    </>
  );
}

interface TextProps {
  readonly name: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly hint?: string;
}

function Text({ name, value, set, hint }: TextProps) {
  return (
    <label>
      <span>{name}</span>
      <input
        type="text"
        value={value}
        placeholder={hint}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

function Accesses({ found: { accesses, isTruncated } }: { readonly found: Found }) {
  return (
    <>
      <Table
        columns={["Who", "Application", "Purpose", "Decision", "Values", "Requests", "Last", "Why"]}
        numbers={["Values", "Requests"]}
      >
        {accesses.map((access, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole
          <tr key={index}>
            <th scope="row">{access.subject ?? "(anonymous)"}</th>
            <td data-label="Application">{access.client}</td>
            <td data-label="Purpose">{access.purpose}</td>
            <td data-label="Decision">
              <State state={access.decision} />
              {!access.isCertain && <span class="quiet"> possibly</span>}
            </td>
            <td class="number" data-label="Values">
              {sayNumber(access.values)}
            </td>
            <td class="number" data-label="Requests">
              {sayNumber(access.requests)}
            </td>
            <td class="when" data-label="Last">
              {sayTime(access.last)}
            </td>
            <td class="quiet" data-label="Why">
              {access.rule}
            </td>
          </tr>
        ))}
      </Table>
      {isTruncated && <p class="quiet">There are more: narrow down.</p>}
    </>
  );
}

function optional(name: string, value: string): Readonly<Record<string, string>> {
  return value.trim() === "" ? {} : { [name]: value.trim() };
}
