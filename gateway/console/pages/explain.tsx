import { useEffect, useState } from "preact/hooks";
import type { Classification } from "../../../shared/classification-levels.ts";
import { askGraphQL, askRest } from "../ask.ts";
import { holdsData } from "../holds-data.ts";
import { Level, State } from "../parts/badges.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { Table } from "../parts/table.tsx";
import { SCHEMA, type SchemaAnswer } from "../queries/schema.ts";
import { queryForField } from "../query-for-field.ts";
import { linkTo } from "../route.ts";
import { useLooking } from "../session.ts";
import { useAction } from "../use-action.ts";
import { useAsked } from "../use-asked.ts";

interface ExplainedField {
  readonly coordinate: string;
  readonly verdict: "allowed" | "masked" | "filtered" | "denied";
  readonly because: string;
  readonly paths: readonly string[];
  readonly product: { readonly id: string } | null;
  readonly owner: { readonly team: string } | null;
  readonly classification: { readonly level: Classification } | null;
  readonly missing: readonly (readonly string[])[];
}

interface Explanation {
  readonly outcome: "answered" | "nothing left" | "rejected";
  readonly caller: {
    readonly subject: string | null;
    readonly scopes: readonly string[];
    readonly purpose: string | null;
  };
  readonly fields: readonly ExplainedField[];
}

/** What was written last, for whoever comes back from a field. */
let draft: { readonly about: string; readonly text: string } | null = null;

/**
 * What the caller gets of a query, field by field, and why; on demand the answer itself.
 *
 * @param coordinate of the field that the query is to hold; empty for any
 */
export function ExplainPage({ coordinate }: { readonly coordinate: string }) {
  const { session } = useLooking();
  const sample = session.sampleQuery || "{\n  __typename\n}";
  if (draft && (coordinate === "" || draft.about === coordinate))
    return <Explainer about={draft.about} start={draft.text} />;
  if (coordinate === "") return <Explainer about="" start={sample} />;
  return <ExplainField coordinate={coordinate} sample={sample} />;
}

/** A query made for the field, by what the caller is told of the schema. */
function ExplainField({ coordinate, sample }: { readonly coordinate: string; readonly sample: string }) {
  const { answer, refusal } = useAsked<SchemaAnswer>(SCHEMA, {});
  const [made, setMade] = useState<string | null>(null);
  const schema = answer?.data.__schema ?? null;
  const isSettled = answer !== null || refusal !== null;
  // Another caller goes on with what is written.
  useEffect(() => {
    if (isSettled) setMade((before) => before ?? (schema && queryForField(schema, coordinate)) ?? "");
  }, [isSettled, schema, coordinate]);
  if (made === null) return <Loading />;
  if (made !== "") return <Explainer about={coordinate} start={made} />;
  return (
    <>
      <p class="withheld">
        The schema shows this caller no way to <code>{coordinate}</code>: this is a sample.
      </p>
      <Explainer about="" start={sample} />
    </>
  );
}

function Explainer({ about, start }: { readonly about: string; readonly start: string }) {
  const { caller } = useLooking();
  const [query, setQuery] = useState(start);
  const write = (text: string) => {
    draft = { about, text };
    setQuery(text);
  };
  const explained = useAction<Explanation>(caller.token);
  const answered = useAction<string>(caller.token);
  const explain = () =>
    explained.run(() =>
      askRest<Explanation>("POST", "/governance/explain", { query }, { token: caller.token }),
    );
  const run = () =>
    answered.run(async () => {
      const { data, refusals } = await askGraphQL<unknown>(query, {}, { token: caller.token });
      const errors = refusals.map(({ code, message, path }) => `${code} at ${path.join(".")}: ${message}`);
      return JSON.stringify(errors.length === 0 ? { data } : { errors, data }, null, 2);
    });
  return (
    <>
      <h1>Explain a query</h1>
      <p class="quiet">
        As {caller.name}: {caller.description}. Nothing is executed unless you run it.
      </p>
      <form
        class="explain"
        onSubmit={(event) => {
          event.preventDefault();
          explain();
        }}
      >
        <textarea
          aria-label="Query"
          spellcheck={false}
          rows={16}
          value={query}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) explain();
          }}
        />
        <p class="actions">
          <button type="submit" class="primary" disabled={explained.isRunning}>
            Explain
          </button>
          <button type="button" disabled={answered.isRunning} onClick={run}>
            Run
          </button>
          <span class="quiet">Ctrl + Enter explains</span>
        </p>
      </form>
      {explained.refusal && <Failure refusal={explained.refusal} />}
      {explained.result && <Verdicts explanation={explained.result} />}
      {answered.refusal && <Failure refusal={answered.refusal} />}
      {answered.result && (
        <section>
          <h2>Answer</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{answered.result}</pre>
        </section>
      )}
    </>
  );
}

function Verdicts({ explanation: { outcome, caller, fields } }: { readonly explanation: Explanation }) {
  return (
    <section>
      <h2>Field by field</h2>
      <p class="quiet" role="status">
        {caller.subject ?? "anonymous"}, purpose {caller.purpose ?? "none"}, scopes{" "}
        {caller.scopes.join(" ") || "none"}: {outcome}.
      </p>
      <Table columns={["Field", "Verdict", "Why", "Classification", "Owner"]}>
        {fields.map((field) => (
          <tr key={`${field.coordinate} ${field.verdict} ${field.paths[0]}`}>
            <th scope="row">
              <Place field={field} />
            </th>
            <td data-label="Verdict">
              <State state={field.verdict} />
            </td>
            <td data-label="Why">
              {field.because}
              {field.missing.length > 0 && (
                <div class="quiet">needs {field.missing.map((all) => all.join(" and ")).join(", or ")}</div>
              )}
            </td>
            <td data-label="Classification">
              <Level level={field.classification?.level ?? null} />
            </td>
            <td data-label="Owner">{field.owner?.team}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Place({ field: { coordinate, product } }: { readonly field: ExplainedField }) {
  if (holdsData(coordinate)) return <a href={linkTo("field", coordinate)}>{coordinate}</a>;
  return product ? <a href={linkTo("product", product.id)}>{coordinate}</a> : <code>{coordinate}</code>;
}
