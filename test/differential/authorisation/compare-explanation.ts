import { isInterfaceType } from "graphql";
import {
  createExplain,
  type ExplainDependencies,
  type ExplainRequest,
} from "../../../gateway/request/explain.ts";
import type { ExplainedField } from "../../../gateway/request/explain-fields.ts";
import { NO_ORIGINS } from "../../../gateway/supergraph/rule-origins.ts";
import { UNLIMITED } from "../../testkit/unlimited.ts";

type Asked = Omit<ExplainRequest, "origins" | "operationName">;

/**
 * What an explanation says otherwise than the answer did: refusals that only one of them has. An answer has one
 * error per path, and none for objects behind an interface whose field was not refused.
 *
 * @param refusals as `path CODE coordinate`
 */
export async function unexplained(
  asked: Asked,
  decide: Omit<ExplainDependencies, "plan" | "limits">,
  refusals: readonly string[],
): Promise<readonly string[]> {
  const explain = createExplain({
    ...decide,
    limits: UNLIMITED,
    plan: async () => ({ kind: "QueryPlan" }),
  });
  const { fields } = await explain({ ...asked, origins: NO_ORIGINS, operationName: null });
  const isBehind = (path: string) =>
    fields.some(
      (field) => field.paths.includes(path) && field.verdict !== "denied" && isOnInterface(field, asked),
    );
  const told = fields
    .filter((field) => field.verdict === "denied" && field.code !== null && field.below === null)
    .flatMap((field) =>
      field.paths.map((path) => ({ path, text: `${path} ${field.code} ${field.coordinate}` })),
    );
  const isCut = fields.some((field) => field.count > field.paths.length);
  const paths = new Set(refusals.map((refusal) => refusal.split(" ", 1)[0]));
  return [
    ...refusals.filter((refusal) => !isCut && !told.some(({ text }) => text === refusal)),
    ...told.filter(({ path }) => !paths.has(path) && !isBehind(path)).map(({ text }) => text),
  ];
}

function isOnInterface({ coordinate }: ExplainedField, { supergraph }: Asked): boolean {
  return isInterfaceType(supergraph.apiSchema.getType(coordinate.split(".", 1)[0] ?? ""));
}
