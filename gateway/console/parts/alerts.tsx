import { useEffect, useState } from "preact/hooks";
import { doorBehind, doorHere, type RegistryDoor } from "../registry-door.ts";
import { useLooking } from "../session.ts";
import { useAction } from "../use-action.ts";
import { type Alert, AlertList, MAX_SHOWN } from "./alert-list.tsx";
import { DeployToken } from "./deploy-token.tsx";
import { Failure, Loading } from "./states.tsx";

/** Alerts of products that go on now, for whoever's deploy token the registry tells of them. */
export function Alerts() {
  const { session } = useLooking();
  return (
    <section>
      <h2>Open alerts</h2>
      {session.registry === "here" && <Here />}
      {session.registry === "followed" && <Followed />}
      {session.registry === "none" && (
        <p class="quiet">
          This gateway follows no registry. Where there is one, <code>npx dpg alerts list</code> asks it.
        </p>
      )}
    </section>
  );
}

function Here() {
  const [token, setToken] = useState("");
  return <Asked door={doorHere(token)} token={token} setToken={setToken} />;
}

/** The registry is elsewhere: the gateway passes stewards on to it, and offers nothing to others. */
function Followed() {
  const { caller } = useLooking();
  const [token, setToken] = useState("");
  const door = doorBehind(caller.token, token);
  const admitted = useAction<true>(door.reader);
  const knock = () => admitted.run(() => door.read("/history?limit=1").then(() => true));
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew for another caller only
  useEffect(knock, [caller.token]);
  if (admitted.refusal) return <Failure refusal={admitted.refusal} />;
  if (admitted.result === null) return <Loading />;
  return <Asked door={door} token={token} setToken={setToken} />;
}

interface AskedProps {
  readonly door: RegistryDoor;
  readonly token: string;
  readonly setToken: (token: string) => void;
}

function Asked({ door, token, setToken }: AskedProps) {
  const { result, refusal, isRunning, run } = useAction<readonly Alert[]>(door.actor);
  const load = () => run(() => door.act("GET", `/alerts?limit=${MAX_SHOWN}`, null));
  return (
    <>
      <form
        class="fields-form"
        onSubmit={(event) => {
          event.preventDefault();
          load();
        }}
      >
        <DeployToken token={token} setToken={setToken} />
        <button type="submit" class="primary" disabled={token === "" || isRunning}>
          {result ? "Look again" : "Show"}
        </button>
      </form>
      {refusal && <Failure refusal={refusal} />}
      {isRunning && result === null && <Loading />}
      {result === null && !isRunning && !refusal && (
        <p class="quiet">
          A domain's deploy token shows and handles the alerts of its own products, the governance team's all
          of them.
        </p>
      )}
      {result && <AlertList alerts={result} door={door} reload={load} />}
    </>
  );
}
