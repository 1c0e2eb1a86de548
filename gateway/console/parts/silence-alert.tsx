import { useState } from "preact/hooks";
import type { RegistryDoor } from "../registry-door.ts";
import { useAction } from "../use-action.ts";
import type { Alert } from "./alert-list.tsx";
import { Failure } from "./states.tsx";

export interface SilenceAlertProps {
  readonly alert: Alert;
  readonly door: RegistryDoor;
  readonly done: () => void;
}

const SPANS = [
  ["1 hour", 3600],
  ["4 hours", 14_400],
  ["1 day", 86_400],
  ["7 days", 604_800],
] as const;

/** Tells nobody of a product's alerts of this kind, or of any, for some time, with a reason that is recorded. */
export function SilenceAlert({ alert: { product, kind }, door, done }: SilenceAlertProps) {
  const [seconds, setSeconds] = useState<number>(SPANS[0][1]);
  const [isAll, setAll] = useState(false);
  const [reason, setReason] = useState("");
  const { isRunning, refusal, run } = useAction<null>(door.actor);
  const submit = (event: Event) => {
    event.preventDefault();
    const silence = { product, kind: isAll ? null : kind, seconds, reason: reason.trim() };
    run(async () => {
      await door.act("POST", "/alerts/silences", silence);
      done();
      return null;
    });
  };
  return (
    <form class="fields-form details" onSubmit={submit}>
      <label>
        <span>For</span>
        <select value={seconds} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
          {SPANS.map(([name, value]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Alerts of {product}</span>
        <select
          value={isAll ? "all" : "kind"}
          onChange={(event) => setAll(event.currentTarget.value === "all")}
        >
          <option value="kind">of this kind: {kind.toLowerCase().replace("_", " ")}</option>
          <option value="all">all of them</option>
        </select>
      </label>
      <label>
        <span>Reason, which is recorded</span>
        <input
          type="text"
          required
          maxLength={1000}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={isRunning || reason.trim() === ""}>
        Silence
      </button>
      {refusal && <Failure refusal={refusal} />}
    </form>
  );
}
