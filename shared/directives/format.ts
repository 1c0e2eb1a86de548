import { z } from "zod";
import { defineDirective, type Remark } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import { FORMATS, type Standard } from "../formats.ts";
import { mergeAgreed } from "../merge-requirements.ts";
import type { Placement } from "../placement.ts";

const STANDARDS: readonly Standard[] = [
  "ISO_8601_DATE",
  "ISO_8601_DATETIME",
  "ISO_4217",
  "ISO_3166_1_ALPHA_2",
  "E164",
  "EMAIL",
  "UUID",
  "URL",
  "BCP_47",
  "DECIMAL",
];

const args = z.strictObject({ standard: enumValue(STANDARDS) });

type Format = z.infer<typeof args>;

/** `@format`: the standard that a text follows everywhere in the mesh (governance.md §3, §6). */
export const format = defineDirective<Format>({
  name: "format",
  spec: "governance",
  sdl: `enum FormatStandard { ${STANDARDS.join(" ")} }
directive @format(standard: FormatStandard!) on FIELD_DEFINITION | SCALAR | INPUT_FIELD_DEFINITION`,
  args,
  merge: (contributions) => mergeAgreed(contributions, ({ standard }) => standard),
  lint,
  lintAbsent,
  conforms: ({ standard }) => {
    const isFormatted = FORMATS[standard];
    return (value) => typeof value === "string" && isFormatted(value);
  },
  weakens: () => false,
  aspect: "STANDARD",
  describe: ({ standard }) => standard,
});

function lint({ standard }: Format, { coordinate, leafKind, type }: Placement): readonly Remark[] {
  if (leafKind === "String" || leafKind === "ID" || leafKind === "custom") return [];
  return [
    {
      severity: "error",
      code: "FORMAT_DOES_NOT_FIT",
      message: `@format(standard: ${standard}) on ${coordinate}: a value of type ${type ?? leafKind ?? "object"} is no text.`,
      remedy: "Use String, ID or a scalar of your own.",
    },
  ];
}

/** Ends of names of texts that everybody should write alike. */
const USUAL: readonly (readonly [RegExp, Standard])[] = [
  [/(^c|C)urrency(Code)?$/, "ISO_4217"],
  [/(^c|C)ountry(Code)?$/, "ISO_3166_1_ALPHA_2"],
  [/At$|(^t|T)imestamp$/, "ISO_8601_DATETIME"],
  [/(^d|D)ate$/, "ISO_8601_DATE"],
  [/(^u|U)r[il]$|(^w|W)ebsite$/, "URL"],
  [/(^u|U)uid$/, "UUID"],
  [/(^l|L)(ocale|anguage)$/, "BCP_47"],
];

function lintAbsent({ location, leafKind, name, coordinate }: Placement): readonly Remark[] {
  const isText = location === "FIELD_DEFINITION" && leafKind === "String";
  const [, standard] = (isText && USUAL.find(([pattern]) => pattern.test(name))) || [];
  if (standard === undefined) return [];
  return [
    {
      severity: "warning",
      code: "FORMAT_MISSING",
      message: `${coordinate} looks like a text of a known format, which is not stated.`,
      remedy: `Add @format(standard: ${standard}), or the standard that it follows.`,
    },
  ];
}
