import { z } from "zod";
import type { ProductDescriptor } from "../../../shared/product-descriptor.ts";
import type { Json } from "./json-patch.ts";

/** How the standards call what we call a status. */
export const STATUS: Readonly<Record<ProductDescriptor["status"], string>> = {
  DRAFT: "draft",
  ACTIVE: "active",
  DEPRECATED: "deprecated",
  RETIRED: "retired",
};

/** Our status of a standard's; what it does not say is a draft. */
export function statusOf(text: string | undefined): ProductDescriptor["status"] {
  const statuses: readonly ProductDescriptor["status"][] = ["DRAFT", "ACTIVE", "DEPRECATED", "RETIRED"];
  return statuses.find((status) => STATUS[status] === text) ?? "DRAFT";
}

/** The custom property that carries a directive: `dpgRowFilter`. */
export function directiveProperty(directive: string): string {
  return `dpg${directive.charAt(0).toUpperCase()}${directive.slice(1)}`;
}

/** One custom property. */
export function custom(property: string, value: Json): { [key: string]: Json } {
  return { property, value };
}

/** The member `customProperties` with those that have a value, or nothing. */
export function customList(values: Readonly<Record<string, Json | undefined>>): { [key: string]: Json } {
  const list = Object.entries(values).flatMap(([property, value]) =>
    value === undefined ? [] : [custom(property, value)],
  );
  return list.length === 0 ? {} : { customProperties: list };
}

/** Custom properties as both standards write them; ODCS 3.1 lets them have an id (`$defs/CustomProperty`). */
export const customProperties = z.array(
  z.strictObject({
    id: z.string().optional(),
    property: z.string(),
    value: z.json(),
    description: z.string().optional(),
  }),
);

/** The value of one custom property, if it is of that form. */
export function readCustom<Value>(
  list: z.infer<typeof customProperties> | undefined,
  property: string,
  schema: z.ZodType<Value>,
): Value | undefined {
  const parsed = schema.safeParse(list?.find((item) => item.property === property)?.value);
  return parsed.success ? parsed.data : undefined;
}
