import { useState } from "preact/hooks";
import type { Caller } from "../session.ts";

export interface CallerPickerProps {
  readonly callers: readonly Caller[];
  readonly caller: Caller;
  readonly choose: (caller: Caller) => void;
  readonly paste: (token: string) => void;
}

/** As whom one looks: a persona in development, else one's own token. */
export function CallerPicker({ callers, caller, choose, paste }: CallerPickerProps) {
  const [isOpen, setOpen] = useState(false);
  const [token, setToken] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    const given = token.trim().replace(/^Bearer\s+/i, "");
    if (given === "") return;
    paste(given);
    setToken("");
    setOpen(false);
  };
  const pick = (name: string) => {
    const chosen = callers.find((one) => one.name === name);
    if (chosen) choose(chosen);
  };
  return (
    <div class="caller">
      <label>
        <span>Looking as</span>
        <select
          value={caller.name}
          title={caller.description}
          onChange={(event) => pick(event.currentTarget.value)}
        >
          {callers.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Token …
      </button>
      {isOpen && (
        <form class="token" onSubmit={submit}>
          <label>
            <span>Your bearer token, kept until you leave this page</span>
            <input
              type="password"
              autocomplete="off"
              value={token}
              onInput={(event) => setToken(event.currentTarget.value)}
            />
          </label>
          <button type="submit">Use it</button>
        </form>
      )}
    </div>
  );
}
