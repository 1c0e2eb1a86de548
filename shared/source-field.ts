import type { Remark } from "./define-directive.ts";
import type { Placement } from "./placement.ts";

/** What makes a field unfit as the one that a row rule of a directive reads: one leaf, without arguments. */
export function sourceFieldRemarks(
  directive: string,
  source: string,
  { coordinate, fieldAt }: Placement,
): readonly Remark[] {
  const field = fieldAt(source);
  const reason =
    field === null
      ? "there is no such field"
      : field.leafKind === null || field.type.startsWith("[")
        ? `it returns ${field.type}, not one scalar or enum value`
        : field.hasRequiredArguments
          ? "it needs arguments"
          : null;
  if (reason === null) return [];
  return [
    {
      severity: "error",
      code: "ROW_RULE_FIELD",
      message: `@${directive} on ${coordinate} reads ${source}, but ${reason}.`,
      remedy: "Name a field of the same type that returns one scalar or enum value and takes no arguments.",
    },
  ];
}
