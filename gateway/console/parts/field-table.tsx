import { useState } from "preact/hooks";
import { CLASSIFICATIONS } from "../../../shared/classification-levels.ts";
import { FIELD_LIST, type FieldList, type FieldRow } from "../queries/field-list.ts";
import { linkTo } from "../route.ts";
import { useAsked } from "../use-asked.ts";
import { useDelayed } from "../use-delayed.ts";
import { Level } from "./badges.tsx";
import { Failure, Nothing } from "./states.tsx";
import { Table } from "./table.tsx";

const PAGE = 100;
const TYPING_MS = 40;

/** The fields of a product, a page at a time: it may have thousands. */
export function FieldTable({ product }: { readonly product: string }) {
  const [search, setSearch] = useState("");
  const [level, setLevel] = useState("");
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const { answer, refusal, isLoading } = useAsked<FieldList>(FIELD_LIST, {
    product,
    search: useDelayed(search, TYPING_MS).trim() || null,
    classification: CLASSIFICATIONS.find((known) => known === level) ?? null,
    first: PAGE,
    after: cursors.at(-1) ?? null,
  });
  const list = answer?.data.catalogFields ?? null;
  const end = list?.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
  return (
    <section aria-busy={isLoading}>
      <div class="title">
        <h2>Fields</h2>
        {list && <span class="quiet">{list.totalCount}</span>}
        <input
          type="search"
          aria-label="Search its fields"
          placeholder="Search its fields"
          value={search}
          onInput={(event) => {
            setSearch(event.currentTarget.value);
            setCursors([]);
          }}
        />
        <select
          aria-label="Classification"
          value={level}
          onChange={(event) => {
            setLevel(event.currentTarget.value);
            setCursors([]);
          }}
        >
          <option value="">any classification</option>
          {CLASSIFICATIONS.map((known) => (
            <option key={known} value={known}>
              {known.toLowerCase()}
            </option>
          ))}
        </select>
      </div>
      {refusal && <Failure refusal={refusal} />}
      {list?.nodes.length === 0 && <Nothing title="No field matches." />}
      {list && list.nodes.length > 0 && <Fields fields={list.nodes} />}
      <p class="actions">
        {cursors.length > 0 && (
          <button type="button" onClick={() => setCursors(cursors.slice(0, -1))}>
            Earlier fields
          </button>
        )}
        {end !== null && (
          <button type="button" onClick={() => setCursors([...cursors, end])}>
            More fields
          </button>
        )}
      </p>
    </section>
  );
}

function Fields({ fields }: { readonly fields: readonly FieldRow[] }) {
  return (
    <Table columns={["Field", "Type", "Classification", "Rules", "Description"]} kind="fields">
      {fields.map((field) => (
        <Row key={field.coordinate} field={field} />
      ))}
    </Table>
  );
}

function Row({ field }: { readonly field: FieldRow }) {
  const { coordinate, parentType, name, type, classification, isKey, masks, requirements, description } =
    field;
  return (
    <tr>
      <th scope="row">
        <a href={linkTo("field", coordinate)}>
          <span class="quiet">{parentType}.</span>
          {name}
        </a>
        {isKey && <span class="tag">key</span>}
        {field.deprecationReason !== null && <span class="tag">deprecated</span>}
      </th>
      <td data-label="Type">
        <code>{type}</code>
      </td>
      <td data-label="Classification">
        <Level level={classification} />
      </td>
      <td data-label="Rules">
        {masks.map(({ summary }) => (
          <div key={summary}>masked: {summary}</div>
        ))}
        {requirements.map(({ summary }) => (
          <div key={summary}>{summary}</div>
        ))}
      </td>
      <td class="quiet">{description}</td>
    </tr>
  );
}
