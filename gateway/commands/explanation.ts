import { z } from "zod";
import { textTable } from "./text-table.ts";

const rule = z.looseObject({
  directive: z.string(),
  coordinate: z.string().nullable(),
  subgraphs: z.array(z.string()),
  text: z.string().nullable(),
});

const field = z.looseObject({
  coordinate: z.string(),
  verdict: z.enum(["allowed", "masked", "filtered", "denied"]),
  because: z.string(),
  paths: z.array(z.string()),
  product: z.looseObject({ id: z.string() }).nullable(),
  owner: z.looseObject({ team: z.string() }).nullable(),
  classification: z.looseObject({ level: z.string() }).nullable(),
  missing: z.array(z.array(z.string())),
  rowFilters: z.array(
    z.object({ rule, claims: z.array(z.object({ name: z.string(), values: z.array(z.string()) })) }),
  ),
  rehearsed: z.object({ verdict: z.string(), rule }).nullable(),
});

/** What `dpg explain` shows of an explanation; JSON output has all of it. */
export const explanation = z.looseObject({
  operation: z.looseObject({ kind: z.string(), name: z.string().nullable() }),
  caller: z.object({
    kind: z.string(),
    subject: z.string().nullable(),
    scopes: z.array(z.string()),
    purpose: z.string().nullable(),
  }),
  outcome: z.string(),
  fields: z.array(field),
  notices: z.array(z.object({ coordinate: z.string(), code: z.string(), message: z.string() })),
  plan: z.looseObject({ text: z.string() }).nullable(),
  planError: z.object({ code: z.string(), message: z.string() }).nullable(),
});

type Shown = z.infer<typeof explanation>;

/** An explanation for people: who asks, a line per coordinate, and the plan. */
export function explanationText(told: Shown): string {
  const rows = told.fields.map((item) => [
    item.coordinate,
    item.verdict,
    item.classification?.level ?? "",
    item.product?.id ?? "",
    item.owner?.team ?? "",
    becauseOf(item),
  ]);
  const heads = ["coordinate", "verdict", "classified", "product", "owner", "because"];
  const notices = told.notices.map(({ coordinate, message }) => `warning: ${coordinate}: ${message}`);
  return [callerLine(told), "", textTable(heads, rows), "", ...notices, ...planLines(told)].join("\n");
}

function callerLine({ caller, outcome }: Shown): string {
  const who = caller.subject ?? "nobody (no token)";
  const scopes = caller.scopes.length > 0 ? ` with ${caller.scopes.join(" ")}` : "";
  const purpose = caller.purpose === null ? "" : ` for ${caller.purpose}`;
  return `as ${who}${scopes}${purpose}: ${outcome}`;
}

function becauseOf({ because, missing, rowFilters, rehearsed }: Shown["fields"][number]): string {
  const lacks = missing.map((all) => all.join(" and ")).filter((text) => text !== "");
  const claims = rowFilters.flatMap((item) => item.claims);
  const values = claims.map(
    ({ name, values }) => `${name} is ${values.length > 0 ? values.join(", ") : "nothing"}`,
  );
  return [
    because,
    ...(lacks.length > 0 ? [`missing ${lacks.join(", or ")}`] : []),
    ...values,
    ...(rehearsed ? [`dry-run: would be ${rehearsed.verdict} by @${rehearsed.rule.directive}`] : []),
  ].join("; ");
}

function planLines({ plan, planError }: Shown): readonly string[] {
  if (planError) return [`no plan: ${planError.code}: ${planError.message}`];
  return plan ? ["plan:", plan.text] : ["no plan: no subgraph is asked"];
}
