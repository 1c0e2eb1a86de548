import { type PersonaToken, SAMPLE_QUERY } from "../http/graphiql.ts";

/** What `npm start` prints once everything answers: where, as whom, and a query to try. */
export function startBanner(url: string, personas: readonly PersonaToken[], logs: string): string {
  const body = JSON.stringify({
    query: SAMPLE_QUERY.replace(/^#.*\n/gm, "")
      .replace(/\s+/g, " ")
      .trim(),
  });
  const tokens = personas.map(({ name, description, token }) => `  ${name}: ${description}\n    ${token}\n`);
  return `
The data mesh is served at ${url}/graphql
Console, for what there is, whose it is and why: ${url}/
Query page, with one click per caller: ${url}/graphiql

Personas (each with a token; without one you are anonymous):
${tokens.join("\n")}
One query over three domains:

  curl -s ${url}/graphql -H 'content-type: application/json' \\
    -H "authorization: Bearer $(npx dpg token --persona analyst)" \\
    -d '${body}'

Logs: ${logs}. Ctrl-C stops everything.
`;
}
