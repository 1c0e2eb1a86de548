import { z } from "zod";
import { ALLOW, defineDirective, type Verdict } from "../define-directive.ts";

const names = z.array(z.string().min(1));

const args = z
  .strictObject({ allow: names.min(1).optional(), deny: names.default([]) })
  .refine(({ allow, deny }) => allow !== undefined || deny.length > 0, {
    message: "expected purposes to allow or to deny",
  });

type Purposes = z.infer<typeof args>;

/** `@purpose`: only requests with a purpose that their token allows and this rule accepts (governance.md §3, §6). */
export const purpose = defineDirective<Purposes>({
  name: "purpose",
  spec: "governance",
  sdl: "directive @purpose(allow: [String!], deny: [String!]) on OBJECT | FIELD_DEFINITION",
  args,
  merge: (contributions) => {
    const merged = combine(contributions.flatMap((item) => item.applications));
    return merged.allow?.length === 0
      ? { kind: "conflict", reason: "no purpose is accepted by all of them" }
      : { kind: "merged", applications: [merged] };
  },
  covers: (own, needed) => {
    const [held, wanted] = [combine(own), combine(needed)];
    if (needed.length === 0) return true;
    if (held.allow !== undefined)
      return held.allow.filter((name) => !held.deny.includes(name)).every((name) => accepts(wanted, name));
    return (
      own.length > 0 && wanted.allow === undefined && wanted.deny.every((name) => held.deny.includes(name))
    );
  },
  judge: (applications, { purpose: stated }): Verdict => {
    const rule = combine(applications);
    if (stated !== null && accepts(rule, stated)) return ALLOW;
    return {
      kind: "deny",
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: (rule.allow ?? []).filter((name) => accepts(rule, name)).map((name) => [name]),
    };
  },
  aspect: "PURPOSES",
  describe: ({ allow, deny }) =>
    [
      ...(allow ? [`only for ${allow.join(" or ")}`] : []),
      ...(deny.length > 0 ? [`not for ${deny.join(" or ")}`] : []),
    ].join(", "),
});

/** All rules at once: purposes that each allows, without those that any denies. */
function combine(rules: readonly Purposes[]): Purposes {
  const allows = rules.flatMap(({ allow }) => (allow ? [allow] : []));
  const [first, ...others] = allows;
  const allow = first?.filter((name) => others.every((other) => other.includes(name)));
  const deny = [...new Set(rules.flatMap((rule) => rule.deny))].sort();
  return allow === undefined ? { deny } : { allow: [...new Set(allow)].sort(), deny };
}

function accepts({ allow, deny }: Purposes, name: string): boolean {
  return (allow === undefined || allow.includes(name)) && !deny.includes(name);
}
