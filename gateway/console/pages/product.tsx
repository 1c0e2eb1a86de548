import type { Refusal } from "../ask.ts";
import { Level, State } from "../parts/badges.tsx";
import { Consumers } from "../parts/consumers.tsx";
import { Download } from "../parts/download.tsx";
import { FieldTable } from "../parts/field-table.tsx";
import { PipelineTests, QualityChecks, ServiceLevels } from "../parts/health.tsx";
import { Rules } from "../parts/rules.tsx";
import { Failure, Loading, Nothing } from "../parts/states.tsx";
import { sayTime } from "../parts/times.ts";
import { PRODUCT, type Product } from "../queries/product.ts";
import { linkTo } from "../route.ts";
import { useAsked } from "../use-asked.ts";

/** One data product: what it holds, whose it is, how it is kept, who uses it, what changed. */
export function ProductPage({ id }: { readonly id: string }) {
  const { answer, refusal } = useAsked<{ dataProduct: Product | null }>(PRODUCT, { id });
  if (refusal) return <Failure refusal={refusal} />;
  if (answer === null) return <Loading />;
  const { dataProduct: product } = answer.data;
  const [withheld] = answer.refusals;
  if (product === null && withheld) return <Failure refusal={withheld} />;
  if (product === null)
    return (
      <Nothing
        title={`There is no data product ${id}.`}
        hint="It may have been removed, or its id changed."
      />
    );
  return (
    <article>
      <Head product={product} refusals={answer.refusals} />
      <FieldTable product={id} />
      <ServiceLevels levels={product.serviceLevels} />
      <QualityChecks checks={product.qualityChecks} />
      <PipelineTests tests={product.pipelineTests ?? []} />
      <Consumers consumers={product.consumers} refusals={answer.refusals} />
      <Terms product={product} />
      <Changes product={product} />
    </article>
  );
}

function Head({ product, refusals }: { readonly product: Product; readonly refusals: readonly Refusal[] }) {
  const { id, name, domain, version, status, description, owner, classification, contractPath, productPath } =
    product;
  const isContactWithheld = owner?.contact === null && refusals.some(({ path }) => path.includes("contact"));
  return (
    <header class="head">
      <p class="crumbs quiet">
        <a href={linkTo("products")}>Products</a> / <a href={linkTo("products", "", { domain })}>{domain}</a>
      </p>
      <h1>
        {name} <Level level={classification} />
      </h1>
      <p class="lead">{description}</p>
      <dl class="facts">
        <dt>Id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>Version</dt>
        <dd>
          {version}, {status.toLowerCase()}, since {sayTime(product.updatedAt)}
        </dd>
        <dt>Owner</dt>
        <dd>
          {owner ? owner.team : "nobody"}
          {owner?.contact && (
            <>
              {" · "}
              <a href={`mailto:${owner.contact}`}>{owner.contact}</a>
            </>
          )}
          {isContactWithheld && <span class="quiet"> · sign in for the contact</span>}
        </dd>
        {product.support && product.support.length > 0 && <dt>Support</dt>}
        {product.support && product.support.length > 0 && (
          <dd>
            {product.support
              .map(({ channel, url }) => `${channel} (${url.replace(/^mailto:/, "")})`)
              .join(", ")}
          </dd>
        )}
        <dt>Served by</dt>
        <dd>
          <code>{product.subgraph}</code>
        </dd>
      </dl>
      <p class="actions">
        <Download path={contractPath} file={`${id}.contract.yaml`} name="Contract (ODCS)" />
        <Download path={productPath} file={`${id}.product.yaml`} name="Product (ODPS)" />
      </p>
    </header>
  );
}

function Terms({ product }: { readonly product: Product }) {
  const { purpose, usage, limitations, license, roles, inputPorts, rules } = product;
  const texts = [
    ["Purpose", purpose],
    ["Usage", usage],
    ["Limitations", limitations],
    ["Licence", license],
  ].filter(([, text]) => text != null);
  return (
    <section>
      <h2>Terms</h2>
      <dl class="facts">
        {texts.flatMap(([name, text]) => [<dt key={name}>{name}</dt>, <dd key={`${name} text`}>{text}</dd>])}
        {inputPorts.length > 0 && <dt>Made from</dt>}
        {inputPorts.map(({ source, description, product: from }) => (
          <dd key={source}>
            {from ? (
              <a href={linkTo("product", from.id)}>{from.name}</a>
            ) : (
              <a href={linkTo("lineage", source)}>{source}</a>
            )}
            : {description}
          </dd>
        ))}
        {roles.length > 0 && <dt>Roles</dt>}
        {roles.map(({ name, access, description, scopes }) => (
          <dd key={name}>
            {name} ({access.toLowerCase()}){description && `: ${description}`} <code>{scopes.join(" ")}</code>
          </dd>
        ))}
      </dl>
      <Rules rules={rules} />
    </section>
  );
}

function Changes({ product: { versions, changes } }: { readonly product: Product }) {
  return (
    <section>
      <h2>Changes</h2>
      <ul class="history">
        {changes.map(({ kind, coordinate, summary, generation, at }) => (
          <li key={`${generation} ${coordinate} ${summary}`}>
            <State state={kind} />
            <span class="grow">
              <code>{coordinate}</code> {summary}
            </span>
            <span class="quiet">
              generation {generation}, {sayTime(at)}
            </span>
          </li>
        ))}
        {versions.map(({ version, generation, publishedAt, author, reason }) => (
          <li key={`${version} ${generation}`}>
            <span class="state state-plain">{version}</span>
            <span class="grow">
              published{author && ` by ${author}`}
              {reason && `: ${reason}`}
            </span>
            <span class="quiet">
              generation {generation}, {sayTime(publishedAt)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
