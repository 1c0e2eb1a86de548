import { Kind, parse } from "graphql";
import type { Caller, DirectiveDefinition } from "../../shared/define-directive.ts";
import { readArguments } from "../../shared/directive-arguments.ts";
import type { Placement } from "../../shared/placement.ts";
import { ANONYMOUS, type Principal } from "../../shared/principal.ts";

/** The arguments of a directive as written in SDL, such as `@mask(strategy: EMAIL)`; throws what it refuses. */
export function applied<Args>(directive: DirectiveDefinition<Args>, written: string): Args {
  const { definitions } = parse(`type T ${written} { f: Int }`);
  const node =
    definitions[0]?.kind === Kind.OBJECT_TYPE_DEFINITION ? definitions[0].directives?.[0] : undefined;
  if (!node || node.name.value !== directive.name)
    throw new Error(`${written} does not apply ${directive.name}`);
  const result = directive.args.safeParse(readArguments(node));
  if (!result.success) throw new Error(result.error.issues.map((issue) => issue.message).join("; "));
  return result.data;
}

/** What several subgraphs say, merged: `{ a: ["@mask(…)"], b: [] }`; a conflict gives its reason. */
export function merged<Args>(
  directive: DirectiveDefinition<Args>,
  said: Readonly<Record<string, readonly string[]>>,
): readonly Args[] | string {
  const result = directive.merge(
    Object.entries(said).map(([subgraph, written]) => ({
      subgraph,
      applications: written.map((item) => applied(directive, item)),
    })),
  );
  return result.kind === "merged" ? result.applications : result.reason;
}

export interface TestCallerFacts {
  /** Absent: anonymous. */
  readonly scopes?: readonly string[];
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly purpose?: string;
  /** Policies that allow. */
  readonly policies?: readonly string[];
  readonly hmacKey?: string;
  readonly today?: string;
}

/** A caller; without scopes and claims the anonymous one. */
export function callerOf(facts: TestCallerFacts = {}): Caller {
  return {
    principal: principalOf(facts),
    purpose: facts.purpose ?? null,
    policies: new Map((facts.policies ?? []).map((name) => [name, true])),
    hmacKey: facts.hmacKey ?? null,
    today: facts.today ?? "2026-06-30",
  };
}

function principalOf({ scopes, claims, purpose }: TestCallerFacts): Principal {
  if (scopes === undefined && claims === undefined && purpose === undefined) return ANONYMOUS;
  return {
    kind: "authenticated",
    subject: "ada",
    issuer: "https://issuer.test",
    scopes: new Set(scopes),
    purposes: { kind: "none" },
    claims: claims ?? {},
    expiresAt: 4_000_000_000,
  };
}

/** A place in a schema, by default a nullable String field `T.f` that nothing protects. */
export function placeOf(facts: Partial<Placement> = {}): Placement {
  return {
    coordinate: "T.f",
    name: "f",
    location: "FIELD_DEFINITION",
    type: "String",
    leafKind: "String",
    key: false,
    entity: false,
    isProtected: false,
    lists: [],
    suggests: [],
    fieldAt: () => null,
    ...facts,
  };
}

/** Codes of what a directive's lint says about an application at a place. */
export function lintCodes<Args>(
  directive: DirectiveDefinition<Args>,
  written: string,
  place: Partial<Placement>,
): readonly string[] {
  const remarks = directive.lint?.(applied(directive, written), placeOf(place)) ?? [];
  return remarks.map(({ severity, code }) => `${severity} ${code}`);
}
