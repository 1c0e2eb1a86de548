import { useEffect, useState } from "preact/hooks";
import { DeployToken } from "../parts/deploy-token.tsx";
import { type Generation, Generations, type GenerationsProps } from "../parts/generations.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { doorBehind, doorHere, type RegistryDoor } from "../registry-door.ts";
import { loadSession, useLooking } from "../session.ts";
import { useAction } from "../use-action.ts";

/** Generations of the graph: what was published, by whom and why; what differs; back to an earlier one. */
export function RegistryPage() {
  const { session } = useLooking();
  return (
    <>
      <h1>Registry</h1>
      {session.registry === "here" && <Here />}
      {session.registry === "followed" && <Followed />}
      {session.registry === "none" && <Nowhere />}
    </>
  );
}

/** The gateway serves a file; whoever publishes has the registry's address. */
function Nowhere() {
  return (
    <section>
      <p>This gateway serves a file and follows no registry.</p>
      <p class="quiet">
        If there is a registry, its address and a deploy token show your command line what was published, and
        roll back:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{COMMANDS}</pre>
    </section>
  );
}

const COMMANDS = `export DPG_REGISTRY_URL=https://… DPG_TOKEN=dpgd_…
npx dpg supergraph history
npx dpg registry acts
npx dpg supergraph rollback --generation N --reason "…"`;

/** In the gateway's own process: a deploy token opens it. */
function Here() {
  const [token, setToken] = useState("");
  const door = doorHere(token);
  const history = useHistory(door);
  return (
    <>
      <form
        class="fields-form"
        onSubmit={(event) => {
          event.preventDefault();
          history.load();
        }}
      >
        <DeployToken token={token} setToken={setToken} />
        <button type="submit" class="primary" disabled={token === "" || history.isRunning}>
          Open
        </button>
      </form>
      {history.refusal && <Failure refusal={history.refusal} />}
      {history.isRunning && history.result === null && <Loading />}
      {history.result === null && !history.isRunning && !history.refusal && (
        <p class="quiet">
          The registry answers deploy tokens: a domain's shows generations, the governance team's also who did
          what, and rolls back. In development: <code>npx dpg token --deploy governance</code>
        </p>
      )}
      {history.result && <Generations {...history.result} door={door} reload={history.load} />}
    </>
  );
}

/** Elsewhere: the gateway shows it to stewards; what they do there takes their own deploy token as well. */
function Followed() {
  const { caller } = useLooking();
  const [deployToken, setDeployToken] = useState("");
  const door = doorBehind(caller.token, deployToken);
  const history = useHistory(door);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew for another caller only
  useEffect(history.load, [caller.token]);
  if (history.refusal) return <Failure refusal={history.refusal} />;
  if (history.result === null) return <Loading />;
  return (
    <>
      <div class="fields-form">
        <DeployToken token={deployToken} setToken={setDeployToken} />
      </div>
      <p class="quiet">
        Needed only for who did what, and to roll back: the registry asks for the governance team's own.
      </p>
      <Generations {...history.result} door={door} reload={history.load} />
    </>
  );
}

function useHistory({ reader, read }: RegistryDoor) {
  const history = useAction<Pick<GenerationsProps, "generations" | "served">>(reader);
  const ask = async () => {
    const generations = await read<readonly Generation[]>("/history?limit=100");
    return { generations, served: (await loadSession()).generation };
  };
  return { ...history, load: () => history.run(ask) };
}
