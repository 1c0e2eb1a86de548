import { createHash } from "node:crypto";
import type { Identity } from "./identities.ts";

/** One operation, and what it would show to who may see all. */
export interface Question {
  readonly query: string;
  /** Letters of the canaries it asks for. */
  readonly asks: string;
  /** Calls to subgraphs that answer it, where nothing is shared and nothing refused. */
  readonly calls: number;
}

/** Asked again and again: parsed, planned and compiled once per decision. */
export const QUESTIONS: readonly Question[] = [
  { query: "{ me { secret email note } }", asks: "smn", calls: 2 },
  { query: "{ me { secret salary told } }", asks: "shSAN", calls: 1 },
  { query: "{ me { support told email } }", asks: "pSANm", calls: 1 },
  { query: "{ rows { value } }", asks: "r", calls: 1 },
  { query: "{ me { vip secret } }", asks: "vs", calls: 1 },
  {
    query:
      "query Twice { a: me { email } b: me { ...Rest } } fragment Rest on Person { salary note ... on Person { told } }",
    asks: "mhnSAN",
    calls: 2,
  },
  {
    query:
      "query ($nonce: String!, $all: Boolean = true) { echo(nonce: $nonce) me { told email @include(if: $all) } }",
    asks: "SANm",
    calls: 1,
  },
];

/** One that is not known yet, and goes through the GraphQL server. */
export function newQuestion(number: number): Question {
  return { query: `{ n${number}: me { secret email told } }`, asks: "smSAN", calls: 1 };
}

/** `persist` sends a text with its hash, `persisted` the hash alone. */
export type Way = "post" | "get" | "persist" | "persisted" | "batch";

/** One HTTP request with its answers. */
export interface Asked {
  readonly identity: Identity;
  readonly purpose: string | null;
  readonly questions: readonly [Question, ...Question[]];
  /** Comes back in the answer of who asks for it. */
  readonly nonce: string;
  readonly request: {
    readonly method: "GET" | "POST";
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
}

/** What is sent to ask these questions; all ways but `batch` take one. */
export function askBy(
  way: Way,
  identity: Identity,
  purpose: string | null,
  questions: readonly [Question, ...Question[]],
  nonce: string,
): Asked {
  const headers = {
    ...(identity.token === null ? {} : { authorization: `Bearer ${identity.token}` }),
    ...(purpose !== null && identity.purposes.length > 1 ? { "x-purpose": purpose } : {}),
  };
  const bodies = questions.map(({ query }) => {
    const variables = variablesOf(query, nonce);
    if (way === "persisted") return { extensions: persisted(query), variables };
    return { query, variables, ...(way === "persist" ? { extensions: persisted(query) } : {}) };
  });
  const asked = { identity, purpose, questions, nonce };
  if (way === "get") {
    const [{ query }] = questions;
    const path = `/graphql?${new URLSearchParams({ query, variables: JSON.stringify(variablesOf(query, nonce)) })}`;
    const preflighted = { ...headers, "apollo-require-preflight": "1" };
    return { ...asked, request: { method: "GET", path, headers: preflighted, body: null } };
  }
  const body = JSON.stringify(way === "batch" ? bodies : bodies[0]);
  const typed = { ...headers, "content-type": "application/json" };
  return { ...asked, request: { method: "POST", path: "/graphql", headers: typed, body } };
}

function variablesOf(query: string, nonce: string) {
  return query.includes("$nonce") ? { nonce } : {};
}

function persisted(query: string) {
  return { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") } };
}
