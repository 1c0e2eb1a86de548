import { useState } from "preact/hooks";
import type { RegistryDoor } from "../registry-door.ts";
import { useAction } from "../use-action.ts";
import { Failure } from "./states.tsx";

export interface RollBackProps {
  readonly to: number;
  readonly door: RegistryDoor;
  readonly done: () => void;
}

/** Serves an earlier generation again, with a reason that is recorded. */
export function RollBack({ to, door, done }: RollBackProps) {
  const [reason, setReason] = useState("");
  const { isRunning, refusal, run } = useAction<null>(door.actor);
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await door.act("POST", "/rollback", { generation: to, reason: reason.trim() });
      done();
      return null;
    });
  };
  return (
    <form class="fields-form" onSubmit={submit}>
      <label>
        <span>Reason, which is recorded</span>
        <input
          type="text"
          required
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="danger" disabled={isRunning || reason.trim() === ""}>
        Roll back to generation {to}
      </button>
      {refusal && <Failure refusal={refusal} />}
    </form>
  );
}
