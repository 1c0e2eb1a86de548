import { z } from "zod";
import {
  ALLOW,
  type Caller,
  defineDirective,
  type Notice,
  type Remark,
  type Verdict,
} from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import type { Placement } from "../placement.ts";

/** From the first to the last stage. */
const STATUSES = ["DRAFT", "ACTIVE", "DEPRECATED", "RETIRED"] as const;

const day = z.iso.date();

const args = z
  .strictObject({
    status: enumValue(STATUSES),
    since: day.optional(),
    sunset: day.optional(),
    replacedBy: z.string().min(1).optional(),
  })
  .refine(({ status, sunset }) => sunset === undefined || status === "DEPRECATED" || status === "RETIRED", {
    path: ["sunset"],
    message: "only what is DEPRECATED or RETIRED has a sunset",
  });

type Lifecycle = z.infer<typeof args>;

/** Whoever may see drafts has this scope. */
const DRAFT_SCOPE = "lifecycle:draft";

/**
 * `@lifecycle`: drafts are for callers with the scope `lifecycle:draft`, what is deprecated comes with a warning
 * in `extensions`, what is retired or past its sunset is refused and names its replacement (governance.md §3).
 */
export const lifecycle = defineDirective<Lifecycle>({
  name: "lifecycle",
  spec: "governance",
  sdl: `enum LifecycleStatus { ${STATUSES.join(" ")} }
directive @lifecycle(status: LifecycleStatus!, since: String, sunset: String, replacedBy: String) on OBJECT | FIELD_DEFINITION | ENUM_VALUE`,
  args,
  merge: (contributions) => {
    const all = contributions.flatMap((item) => item.applications);
    return { kind: "merged", applications: [all.reduce(furtherAlong)] };
  },
  lint,
  judge,
  weakens: () => false,
  bindsInterfaces: false,
  judgeInput: judge,
  notice,
  describe: (item) =>
    [
      item.status,
      ...(item.since ? [`since ${item.since}`] : []),
      ...(item.sunset ? [`until ${item.sunset}`] : []),
      ...(item.replacedBy ? [`replaced by ${item.replacedBy}`] : []),
    ].join(", "),
});

function furtherAlong(left: Lifecycle, right: Lifecycle): Lifecycle {
  const later = STATUSES.indexOf(right.status) > STATUSES.indexOf(left.status) ? right : left;
  const other = later === left ? right : left;
  const [sunset] = [left.sunset, right.sunset].filter((item) => item !== undefined).sort();
  const replacedBy = later.replacedBy ?? other.replacedBy;
  return { ...later, ...(sunset ? { sunset } : {}), ...(replacedBy ? { replacedBy } : {}) };
}

function judge(applications: readonly Lifecycle[], { principal, today }: Caller): Verdict {
  const retired = applications.find(({ status, sunset }) => status === "RETIRED" || (sunset ?? "9") <= today);
  if (retired) {
    const { sunset, replacedBy } = retired;
    return {
      kind: "deny",
      code: "FIELD_RETIRED",
      missing: [],
      ...messages(`No longer available${sunset ? ` since ${sunset}` : ""}`, replacedBy),
      details: detailsOf(retired),
    };
  }
  if (!applications.some(({ status }) => status === "DRAFT")) return ALLOW;
  if (principal.kind === "authenticated" && principal.scopes.has(DRAFT_SCOPE)) return ALLOW;
  return {
    kind: "deny",
    code: principal.kind === "anonymous" ? "UNAUTHENTICATED" : "UNAUTHORIZED_FIELD_OR_TYPE",
    missing: [[DRAFT_SCOPE]],
  };
}

function notice(item: Lifecycle): Notice | null {
  if (item.status !== "DEPRECATED") return null;
  const { sunset, replacedBy } = item;
  return {
    code: "DEPRECATED",
    ...messages(`Deprecated${sunset ? `, available until ${sunset}` : ""}`, replacedBy),
    details: detailsOf(item),
  };
}

/** With and without the replacement, which not every client knows. */
function messages(text: string, replacedBy: string | undefined) {
  return { message: `${text}${replacedBy ? `: use ${replacedBy}` : ""}.`, unnamed: `${text}.` };
}

function detailsOf({ since, sunset, replacedBy }: Lifecycle): Readonly<Record<string, string>> {
  return {
    ...(since ? { since } : {}),
    ...(sunset ? { sunset } : {}),
    ...(replacedBy ? { replacedBy } : {}),
  };
}

function lint(
  { since, sunset, replacedBy }: Lifecycle,
  { coordinate, fieldAt }: Placement,
): readonly Remark[] {
  const remarks: Remark[] = [];
  if (since && sunset && sunset < since)
    remarks.push({
      severity: "error",
      code: "LIFECYCLE_DATES",
      message: `@lifecycle on ${coordinate}: the sunset ${sunset} lies before ${since}.`,
      remedy: "Correct the dates.",
    });
  if (replacedBy?.includes(".") && fieldAt(replacedBy) === null)
    remarks.push({
      severity: "warning",
      code: "LIFECYCLE_REPLACEMENT",
      message: `@lifecycle on ${coordinate} names ${replacedBy} as its replacement, which does not exist.`,
      remedy: "Name the replacement as Type.field.",
    });
  return remarks;
}
