import { useState } from "preact/hooks";
import type { Classification } from "../../../shared/classification-levels.ts";
import { askGraphQL, askRest } from "../ask.ts";
import { Level, State } from "../parts/badges.tsx";
import { Failure } from "../parts/states.tsx";
import { Table } from "../parts/table.tsx";
import { linkTo } from "../route.ts";
import { useLooking } from "../session.ts";
import { useAction } from "../use-action.ts";

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
let draft: string | null = null;

/** What the caller gets of a query, field by field, and why; on demand the answer itself. */
export function ExplainPage() {
  const { session, caller } = useLooking();
  const [query, setQuery] = useState(draft ?? (session.sampleQuery || "{\n  __typename\n}"));
  const write = (text: string) => {
    draft = text;
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

/** Entries to the graph and pages of lists hold no data: they are in no product's list of fields. */
const NO_DATA = /^(?:Query|Mutation|Subscription)\.|(?:Connection|Edge|PageInfo|Payload)\./;

function Place({ field: { coordinate, product } }: { readonly field: ExplainedField }) {
  if (!NO_DATA.test(coordinate)) return <a href={linkTo("field", coordinate)}>{coordinate}</a>;
  return product ? <a href={linkTo("product", product.id)}>{coordinate}</a> : <code>{coordinate}</code>;
}
