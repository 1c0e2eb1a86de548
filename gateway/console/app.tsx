import { useEffect, useRef, useState } from "preact/hooks";
import { type Refusal, toRefusal } from "./ask.ts";
import { AuditPage } from "./pages/audit.tsx";
import { ExplainPage } from "./pages/explain.tsx";
import { FieldPage } from "./pages/field.tsx";
import { LineagePage } from "./pages/lineage.tsx";
import { MeshPage } from "./pages/mesh.tsx";
import { ProductPage } from "./pages/product.tsx";
import { ProductsPage } from "./pages/products.tsx";
import { RegistryPage } from "./pages/registry.tsx";
import { CallerPicker } from "./parts/caller-picker.tsx";
import { Failure, Loading, Nothing } from "./parts/states.tsx";
import { linkTo, type Route, useRoute } from "./route.ts";
import {
  type Caller,
  callersOf,
  LookingContext,
  loadSession,
  rememberCaller,
  rememberedCaller,
  type Session,
} from "./session.ts";

const BRAND = "Data products";
const HOME = "products";
const PAGES = [
  [HOME, "Products"],
  ["explain", "Explain"],
  ["lineage", "Lineage"],
  ["mesh", "Mesh"],
  ["registry", "Registry"],
  ["audit", "Audit"],
] as const;

/** The console: a bar that leads everywhere, and one page below it. */
export function App() {
  const route = useRoute();
  const [session, setSession] = useState<Session | null>(null);
  const [caller, setCaller] = useState<Caller | null>(null);
  const [pasted, setPasted] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  useEffect(() => {
    loadSession().then(
      (loaded) => {
        setSession(loaded);
        setCaller(rememberedCaller(loaded));
      },
      (error: unknown) => setRefusal(toRefusal(error)),
    );
  }, []);
  useEffect(focusSearchOnSlash, []);
  useArrival(route);

  if (refusal) return <Failure refusal={refusal} />;
  if (session === null || caller === null) return <Loading />;
  const choose = (chosen: Caller) => {
    rememberCaller(chosen);
    setCaller(chosen);
  };
  const paste = (token: string) => {
    setPasted(token);
    const own = callersOf(session, token).at(-1);
    if (own) choose(own);
  };
  return (
    <LookingContext.Provider value={{ session, caller }}>
      <button type="button" class="skip" onClick={focusContent}>
        Skip to the content
      </button>
      <header class="bar">
        <a class="brand" href={linkTo(HOME)}>
          {BRAND}
        </a>
        <nav aria-label="Pages">
          {PAGES.map(([page, name]) => (
            <a key={page} href={linkTo(page)} aria-current={isWithin(route, page) ? "page" : undefined}>
              {name}
            </a>
          ))}
          {session.hasQueryPage && <a href={`/graphiql?as=${encodeURIComponent(caller.name)}`}>Query</a>}
        </nav>
        <CallerPicker callers={callersOf(session, pasted)} caller={caller} choose={choose} paste={paste} />
      </header>
      <main id="main" tabIndex={-1}>
        <PageOf route={route} />
      </main>
    </LookingContext.Provider>
  );
}

function PageOf({ route }: { readonly route: Route }) {
  const { page, id } = route;
  switch (page) {
    case "products":
      return <ProductsPage query={route.query} />;
    case "product":
      return <ProductPage key={id} id={id} />;
    case "field":
      return <FieldPage key={id} coordinate={id} />;
    case "explain":
      return <ExplainPage key={id} coordinate={id} />;
    case "lineage":
      return <LineagePage of={id} query={route.query} />;
    case "mesh":
      return <MeshPage />;
    case "registry":
      return <RegistryPage />;
    case "audit":
      return <AuditPage coordinate={id} />;
    default:
      return <Nothing title="There is no such page." hint="Use the links above." />;
  }
}

/** A product and a field are parts of the catalog. */
function isWithin({ page }: Route, link: string): boolean {
  return page === link || (link === HOME && (page === "product" || page === "field"));
}

/** Another page begins at its top, under its own name, and by keyboard where its content does. */
function useArrival({ page, id }: Route): void {
  const isFirst = useRef(true);
  useEffect(() => {
    const name = page === HOME ? "" : (PAGES.find(([link]) => link === page)?.[1] ?? "");
    document.title = [id, name, BRAND].filter(Boolean).join(" · ");
    scrollTo(0, 0);
    // The link that led here may be gone with its page.
    if (!isFirst.current && document.activeElement === document.body) focusContent();
    isFirst.current = false;
  }, [page, id]);
}

function focusContent(): void {
  document.getElementById("main")?.focus();
}

function focusSearchOnSlash(): () => void {
  const listen = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select");
    const search = document.querySelector<HTMLInputElement>("input[type=search]");
    if (event.key !== "/" || isTyping || !search) return;
    event.preventDefault();
    search.focus();
    search.select();
  };
  addEventListener("keydown", listen);
  return () => removeEventListener("keydown", listen);
}
