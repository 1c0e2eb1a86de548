import { z } from "zod";
import { defineDirective, type Placement, type Remark } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import { FORMATS, type Standard } from "../formats.ts";
import { mergeAgreed } from "../merge-requirements.ts";

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
  conforms: ({ standard }) => {
    const isFormatted = FORMATS[standard];
    return (value) => typeof value === "string" && isFormatted(value);
  },
  weakens: () => false,
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
