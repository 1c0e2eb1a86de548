import type { ComponentChildren } from "preact";
import { Level } from "../parts/badges.tsx";
import { Consumers } from "../parts/consumers.tsx";
import { Download } from "../parts/download.tsx";
import { QualityChecks } from "../parts/health.tsx";
import { LineageView } from "../parts/lineage-view.tsx";
import { Rules } from "../parts/rules.tsx";
import { Failure, Loading, Nothing } from "../parts/states.tsx";
import { FIELD, type Field } from "../queries/field.ts";
import type { Rule } from "../queries/rule.ts";
import { linkTo } from "../route.ts";
import { useAsked } from "../use-asked.ts";

/** One field: whose it is, how sensitive, what holds for it and why, where it comes from and goes. */
export function FieldPage({ coordinate }: { readonly coordinate: string }) {
  const { answer, refusal } = useAsked<{ catalogField: Field | null }>(FIELD, { coordinate });
  if (refusal) return <Failure refusal={refusal} />;
  if (answer === null) return <Loading />;
  const { catalogField: field } = answer.data;
  const [withheld] = answer.refusals;
  if (field === null && withheld) return <Failure refusal={withheld} />;
  if (field === null) return <Nothing title={`No data product has a field ${coordinate}.`} />;
  return (
    <article>
      <Head field={field} />
      <Governance field={field} />
      <section>
        <h2>Lineage</h2>
        <LineageView of={coordinate} direction="BOTH" depth={3} />
      </section>
      <QualityChecks checks={field.qualityChecks} />
      <Consumers consumers={field.consumers} refusals={answer.refusals} />
    </article>
  );
}

function Head({ field }: { readonly field: Field }) {
  const { coordinate, type, description, classification, categories, format, owner, product } = field;
  return (
    <header class="head">
      <p class="crumbs quiet">
        <a href={linkTo("products")}>Products</a> / <a href={linkTo("product", product.id)}>{product.name}</a>
      </p>
      <h1>
        <code>{coordinate}</code> <Level level={classification} />
      </h1>
      <p class="lead">{description ?? <span class="quiet">It is not described.</span>}</p>
      <dl class="facts">
        <dt>Type</dt>
        <dd>
          <code>{type}</code>
          {field.isKey && ", part of a key"}
          {format && `, ${format}`}
        </dd>
        <dt>Owner</dt>
        <dd>
          {owner?.team ?? "nobody"}
          {owner?.contact && (
            <>
              {" · "}
              <a href={`mailto:${owner.contact}`}>{owner.contact}</a>
            </>
          )}
        </dd>
        {categories.length > 0 && <dt>Personal data</dt>}
        {categories.length > 0 && <dd>{categories.join(", ")}</dd>}
        {field.deprecationReason && <dt>Deprecated</dt>}
        {field.deprecationReason && <dd>{field.deprecationReason}</dd>}
      </dl>
      <p class="actions">
        <Download path={product.contractPath} file={`${product.id}.contract.yaml`} name="Contract (ODCS)" />
        <a class="button" href={linkTo("explain", coordinate)}>
          Explain a query
        </a>
        <a class="button" href={linkTo("audit", coordinate)}>
          Who saw it
        </a>
      </p>
    </header>
  );
}

function Governance({ field }: { readonly field: Field }) {
  const { masks, requirements, purposes, rowFilters, retention, rules } = field;
  const named = new Set([...masks, ...requirements, ...purposes, ...rowFilters, ...retention].map(keyOf));
  const others = rules.filter((rule) => !named.has(keyOf(rule)));
  return (
    <section>
      <h2>What holds for it</h2>
      {rules.length === 0 && <Nothing title="No rule: every caller gets it as it is." />}
      <dl class="facts">
        <Heading name="Masked" rules={masks} />
        <Heading name="Needs" rules={requirements} />
        <Heading name="Purposes" rules={purposes} />
        <Heading name="Rows" rules={rowFilters} />
        <Heading name="Kept" rules={retention} />
        <Heading name="Also" rules={others} />
      </dl>
    </section>
  );
}

function Heading({
  name,
  rules,
}: {
  readonly name: string;
  readonly rules: readonly Rule[];
}): ComponentChildren {
  if (rules.length === 0) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Rules rules={rules} />
      </dd>
    </>
  );
}

function keyOf({ directive, coordinate, summary }: Rule): string {
  return `${directive} ${coordinate} ${summary}`;
}
