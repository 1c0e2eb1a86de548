const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

/** A moment as people read it, in their own time zone. */
export function sayTime(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : DAY.format(date);
}

export function sayNumber(value: number): string {
  return NUMBER.format(value);
}
