interface DeployTokenProps {
  readonly token: string;
  readonly setToken: (token: string) => void;
}

/** A person's own deploy token, which is kept nowhere else. */
export function DeployToken({ token, setToken }: DeployTokenProps) {
  return (
    <label>
      <span>Deploy token, kept until you leave this page</span>
      <input
        type="password"
        autocomplete="off"
        placeholder="dpgd_…"
        value={token}
        onInput={(event) => setToken(event.currentTarget.value.trim())}
      />
    </label>
  );
}
