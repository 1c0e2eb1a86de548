import { CLASSIFICATIONS } from "../../../shared/classification-levels.ts";
import { Level } from "../parts/badges.tsx";
import { Facet } from "../parts/facet.tsx";
import { Failure, Loading, Nothing } from "../parts/states.tsx";
import { type FieldHit, PRODUCT_LIST, type ProductCard, type ProductList } from "../queries/product-list.ts";
import { linkTo, replaceRoute } from "../route.ts";
import { useAsked } from "../use-asked.ts";
import { useDelayed } from "../use-delayed.ts";

const CONDITIONS = ["q", "domain", "owner", "classification", "tag"] as const;
const PAGE = 50;
const MOST = 100;
const TYPING_MS = 40;

/** What data there is: search, narrow down, open. */
export function ProductsPage({ query }: { readonly query: URLSearchParams }) {
  const chosen = Object.fromEntries(CONDITIONS.map((name) => [name, query.get(name) ?? ""]));
  const first = query.has("all") ? MOST : PAGE;
  const go = (change: Readonly<Record<string, string>>) =>
    replaceRoute(linkTo("products", "", { ...chosen, ...change }));
  const search = useDelayed(chosen.q ?? "", TYPING_MS).trim();
  const { answer, refusal, isLoading } = useAsked<ProductList>(PRODUCT_LIST, {
    search: search || null,
    hasSearch: search !== "",
    domain: chosen.domain || null,
    owner: chosen.owner || null,
    classification: CLASSIFICATIONS.find((level) => level === chosen.classification) ?? null,
    tag: chosen.tag || null,
    first,
  });
  const list = answer?.data.dataProducts ?? null;
  const [withheld = null] = answer && list === null ? answer.refusals : [];
  const failure = refusal ?? withheld;
  return (
    <>
      <h1 class="unseen">Data products</h1>
      <form class="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          aria-label="Search products and fields"
          placeholder="Search products and fields, such as customer email"
          value={chosen.q}
          onInput={(event) => go({ q: event.currentTarget.value })}
        />
        <kbd title="Press / to search">/</kbd>
      </form>
      {failure && <Failure refusal={failure} />}
      {answer === null && isLoading && <Loading />}
      {list && (
        <div class="columns" aria-busy={isLoading}>
          <aside aria-label="Narrow down">
            <Facet
              name="Domain"
              chosen={chosen.domain ?? ""}
              counts={list.facets.domains}
              choose={(domain) => go({ domain })}
            />
            <Facet
              name="Owner"
              chosen={chosen.owner ?? ""}
              counts={list.facets.owners}
              choose={(owner) => go({ owner })}
            />
            <Facet
              name="Classification"
              chosen={chosen.classification ?? ""}
              counts={list.facets.classifications}
              choose={(classification) => go({ classification })}
            />
            <Facet
              name="Tag"
              chosen={chosen.tag ?? ""}
              counts={list.facets.tags}
              choose={(tag) => go({ tag })}
            />
          </aside>
          <div>
            <FieldHits hits={answer?.data.catalogFields?.nodes ?? []} />
            <p class="count" role="status">
              {list.totalCount === 1 ? "1 product" : `${list.totalCount} products`}
            </p>
            {list.nodes.length === 0 && (
              <Nothing title="No product matches." hint="Try fewer words, or clear what narrows down." />
            )}
            <ul class="products">
              {list.nodes.map((product) => (
                <ProductLine key={product.id} product={product} />
              ))}
            </ul>
            {list.pageInfo.hasNextPage && first === PAGE && (
              <button type="button" onClick={() => go({ all: "1" })}>
                Show more
              </button>
            )}
            {list.pageInfo.hasNextPage && first === MOST && (
              <p class="quiet">These are the first {MOST}. Narrow down to see the others.</p>
            )}
          </div>
        </div>
      )}
    </>
  );
}

function FieldHits({ hits }: { readonly hits: readonly FieldHit[] }) {
  if (hits.length === 0) return null;
  return (
    <section class="hits" aria-label="Fields">
      <h2>Fields</h2>
      <ul>
        {hits.map(({ coordinate, description, classification, owner, product, masks }) => (
          <li key={coordinate}>
            <a href={linkTo("field", coordinate)}>
              <code>{coordinate}</code>
            </a>
            <span class="quiet grow">{description ?? product.name}</span>
            <span class="quiet">{owner ? `by ${owner.team}` : "nobody answers for it"}</span>
            {masks.length > 0 && <span class="state state-warn">masked</span>}
            <Level level={classification} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ProductLine({ product }: { readonly product: ProductCard }) {
  const { id, name, version, status, description, classification, owner, consumerCount, tags } = product;
  return (
    <li>
      <a class="name" href={linkTo("product", id)}>
        {name}
      </a>
      <span class="quiet version">
        {version}
        {status !== "ACTIVE" && ` · ${status.toLowerCase()}`}
      </span>
      <Level level={classification} />
      <p>{description ?? <span class="quiet">Its domain has not described it.</span>}</p>
      <p class="quiet facts">
        <code>{id}</code>
        <span>{owner ? `by ${owner.team}` : "nobody answers for it"}</span>
        <span>{consumerCount === 1 ? "1 consumer" : `${consumerCount} consumers`}</span>
        {tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </p>
    </li>
  );
}
