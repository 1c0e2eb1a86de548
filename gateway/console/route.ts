import { useEffect, useState } from "preact/hooks";

/** Where one is: `#/product/customer.customers?q=mail` is page `product`, its id, and a query. */
export interface Route {
  readonly page: string;
  readonly id: string;
  readonly query: URLSearchParams;
}

/** The place that the address names; follows it. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return readRoute(hash);
}

/** The address of a place. */
export function linkTo(page: string, id = "", query: Readonly<Record<string, string>> = {}): string {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const path = [page, ...(id === "" ? [] : [encodeURIComponent(id)])].join("/");
  return `#/${path}${asked.size === 0 ? "" : `?${asked}`}`;
}

/** Goes on in the same place of the history, as typing in a search does. */
export function replaceRoute(link: string): void {
  history.replaceState(null, "", link);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", id = ""] = path.split("/", 2);
  return { page: page || "products", id: decode(id), query: new URLSearchParams(query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
