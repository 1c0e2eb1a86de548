import { useEffect, useRef, useState } from "preact/hooks";
import type { RegistryDoor } from "../registry-door.ts";
import { linkTo } from "../route.ts";
import { useAction } from "../use-action.ts";
import { State } from "./badges.tsx";
import { SilenceAlert } from "./silence-alert.tsx";
import { Failure } from "./states.tsx";
import { sayTime } from "./times.ts";

/** Alerts that the registry is asked for. */
export const MAX_SHOWN = 100;

export interface Alert {
  readonly id: string;
  readonly product: string;
  readonly kind: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  readonly openedAt: string;
  readonly acknowledgedBy: string | null;
  readonly isSilenced: boolean;
}

export interface AlertListProps {
  /** Those that whoever asked may handle: the registry tells of no others. */
  readonly alerts: readonly Alert[];
  readonly door: RegistryDoor;
  readonly reload: () => void;
}

/** The newest first, each with what can be done about it. */
export function AlertList({ alerts, door, reload }: AlertListProps) {
  const count = useRef<HTMLParagraphElement>(null);
  // The button that was pressed may be gone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another list is shown
  useEffect(() => {
    if (document.activeElement === document.body) count.current?.focus();
  }, [alerts]);
  return (
    <>
      <p class="count" role="status" tabIndex={-1} ref={count}>
        {alerts.length === 0
          ? "No alert is open: every promise is kept and every check passes."
          : alerts.length === 1
            ? "1 alert is open"
            : `${alerts.length}${alerts.length < MAX_SHOWN ? "" : " or more"} alerts are open`}
      </p>
      <ul class="history">
        {alerts.map((alert) => (
          <Line key={alert.id} alert={alert} door={door} reload={reload} />
        ))}
      </ul>
    </>
  );
}

interface LineProps extends Omit<AlertListProps, "alerts"> {
  readonly alert: Alert;
}

function Line({ alert, door, reload }: LineProps) {
  const { id, product, severity, summary, openedAt, acknowledgedBy, isSilenced } = alert;
  const [isOpen, setOpen] = useState(false);
  const { isRunning, refusal, run } = useAction<null>(door.actor);
  const acknowledge = () =>
    run(async () => {
      await door.act("POST", `/alerts/${id}/acknowledge`, {});
      reload();
      return null;
    });
  return (
    <li>
      <State state={severity} />
      <span class="grow">
        {summary}
        <span class="quiet">
          {" · "}
          <a href={linkTo("product", product)}>{product}</a>
          {` · since ${sayTime(openedAt)}`}
          {acknowledgedBy !== null && ` · ${acknowledgedBy} looks after it`}
        </span>
      </span>
      {acknowledgedBy === null && (
        <button
          type="button"
          disabled={isRunning}
          aria-label={`Acknowledge alert ${id} of ${product}`}
          onClick={acknowledge}
        >
          Acknowledge
        </button>
      )}
      {isSilenced ? (
        <State state="silenced" />
      ) : (
        <button
          type="button"
          aria-expanded={isOpen}
          aria-label={`Silence alert ${id} of ${product}`}
          onClick={() => setOpen(!isOpen)}
        >
          Silence
        </button>
      )}
      {refusal && <Failure refusal={refusal} />}
      {isOpen && !isSilenced && <SilenceAlert alert={alert} door={door} done={reload} />}
    </li>
  );
}
