import { useEffect } from "preact/hooks";
import { compareSchemas, type SchemaDifference } from "../compare-schemas.ts";
import type { RegistryDoor } from "../registry-door.ts";
import { useAction } from "../use-action.ts";
import { Failure, Loading } from "./states.tsx";

export interface GenerationDiffProps {
  readonly number: number;
  /** Null for the first one. */
  readonly before: number | null;
  readonly door: RegistryDoor;
}

/** What a generation changed in the supergraph, rules included. */
export function GenerationDiff({ number, before, door }: GenerationDiffProps) {
  const { result, refusal, run } = useAction<readonly SchemaDifference[]>(door.reader);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` is made anew each time and does the same
  useEffect(() => {
    run(async () => {
      const schemas = await Promise.all([before, number].map((one) => schemaOf(one, door)));
      return compareSchemas(schemas[0] ?? "", schemas[1] ?? "");
    });
  }, [number, before, door.reader]);
  if (refusal) return <Failure refusal={refusal} />;
  if (result === null) return <Loading />;
  if (result.length === 0) return <p class="quiet">The supergraph is the same as before.</p>;
  return (
    <table class="diff">
      <caption>{before === null ? "All of it" : `What changed since generation ${before}`}</caption>
      <tbody>
        {result.slice(0, 500).map(({ kind, within, text }) => (
          <tr key={`${kind} ${within} ${text}`} class={kind}>
            <td>{kind === "added" ? "+" : "−"}</td>
            <td class="quiet">{within}</td>
            <td>
              <code>{text}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

async function schemaOf(number: number | null, { read }: RegistryDoor): Promise<string> {
  if (number === null) return "";
  const found = await read<{ artifact: { supergraph: string } }>(`/supergraph?generation=${number}`);
  return found.artifact.supergraph;
}
