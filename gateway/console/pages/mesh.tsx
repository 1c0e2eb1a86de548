import { Alerts } from "../parts/alerts.tsx";
import { MeshProducts } from "../parts/mesh-products.tsx";
import { Share } from "../parts/share.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { Failure, Loading, Nothing } from "../parts/states.tsx";
import { sayDay, sayNumber, sayShare, saySpan } from "../parts/times.ts";
import { MESH, type Mesh, type MeshDay } from "../queries/mesh.ts";
import { linkTo } from "../route.ts";
import { useAsked } from "../use-asked.ts";

/** How the mesh as a whole does, and what is wrong with its products now. */
export function MeshPage() {
  return (
    <>
      <h1>Mesh</h1>
      <Numbers />
      <Alerts />
    </>
  );
}

function Numbers() {
  const { answer, refusal } = useAsked<{ mesh: Mesh | null }>(MESH, {});
  if (refusal) return <Failure refusal={refusal} />;
  if (answer === null) return <Loading />;
  const { mesh } = answer.data;
  const [withheld] = answer.refusals;
  if (mesh === null && withheld) return <Failure refusal={withheld} />;
  if (mesh === null || mesh.products === 0)
    return (
      <Nothing
        title="No data product is served yet."
        hint="The first one appears here as soon as its domain has published it."
      />
    );
  return (
    <>
      <Figures mesh={mesh} />
      <Trend days={mesh.trend ?? []} />
      <Coverage fields={mesh.fields} />
      <Domains mesh={mesh} />
      <MeshProducts mesh={mesh} />
    </>
  );
}

function Figures({ mesh }: { readonly mesh: Mesh }) {
  const { products, domains, medianSecondsToServed, checks } = mesh;
  const figures = [
    ["Data products", sayNumber(products)],
    ["Domains", sayNumber(domains)],
    [
      "From scaffold to served, median",
      medianSecondsToServed === null ? "none served yet" : saySpan(medianSecondsToServed),
    ],
    ["Schema checks passed", sayNumber(checks.checksPassed)],
    ["Schema checks refused", sayNumber(checks.checksRefused)],
    ["Publishes served", sayNumber(checks.published)],
    ["Publishes refused", sayNumber(checks.publishesRefused)],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const TRENDS = [
  ["quality", "Checks of quality that passed"],
  ["availability", "Requests that got the data they read"],
] as const;

function Trend({ days }: { readonly days: readonly MeshDay[] }) {
  return (
    <section>
      <h2>The last 30 days</h2>
      {days.length === 0 && (
        <Nothing title="Nothing was measured yet." hint="Checks and requests are counted from now on." />
      )}
      <ul class="health">
        {TRENDS.map(([measure, name]) => {
          const measured = days.filter((day) => day[measure] !== null);
          const known = measured.flatMap(({ [measure]: share }) => share ?? []);
          const [last, newest] = [measured.at(-1), known.at(-1)];
          if (last === undefined || newest === undefined) return null;
          return (
            <li key={measure}>
              <span class="grow">
                {name}
                <span class="quiet">
                  {known.length === 1
                    ? " · of one day"
                    : ` · of ${known.length} days, the least ${sayShare(Math.min(...known))}`}
                  {` · last on ${sayDay(last.at)}`}
                </span>
              </span>
              <Sparkline
                values={known.map((share) => share * 100)}
                target={100}
                label={`${name}, day by day: from ${sayShare(known[0] ?? 0)} to ${sayShare(newest)}`}
              />
              <span class="value">{sayShare(newest)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Coverage({ fields }: { readonly fields: Mesh["fields"] }) {
  const shares = [
    ["described", "have a description"],
    ["owned", "have somebody who answers for them, or for their product"],
    ["classified", "have a classification"],
  ] as const;
  return (
    <section>
      <h2>Fields</h2>
      <ul class="health">
        {shares.map(([what, words]) => (
          <li key={what}>
            <span class="grow">
              {sayNumber(Math.round(fields[what] * fields.total))} of {sayNumber(fields.total)}
              <span class="quiet"> {words}</span>
            </span>
            <Share of={fields[what]} />
            <span class="value">{sayShare(fields[what])}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Domains({ mesh: { productsPerDomain, products } }: { readonly mesh: Mesh }) {
  return (
    <section>
      <h2>Products per domain</h2>
      <ul class="health">
        {productsPerDomain.map(({ value, count }) => (
          <li key={value}>
            <a class="grow" href={linkTo("products", "", { domain: value })}>
              {value}
            </a>
            <Share of={count / products} />
            <span class="value">{sayNumber(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
