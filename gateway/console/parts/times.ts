const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const UTC_DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

/** A moment as people read it, in their own time zone. */
export function sayTime(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : DAY.format(date);
}

/** A day that began at midnight, UTC, whatever day that moment is in the reader's time zone. */
export function sayDay(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : UTC_DAY.format(date);
}

export function sayNumber(value: number): string {
  return NUMBER.format(value);
}

/** So many seconds in the largest unit that fits. */
export function saySpan(seconds: number): string {
  const [unit, , size] = SPANS.find(([, least]) => seconds >= least) ?? ["s", 0, 1];
  return `${SPAN.format(seconds / size)} ${unit}`;
}

const SPAN = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const SPANS = [
  ["days", 172_800, 86_400],
  ["h", 3600, 3600],
  ["min", 60, 60],
] as const;

/** A share, 0 to 1, in percent. */
export function sayShare(share: number): string {
  // What is not all is never said to be all.
  return `${Math.floor(share * 1000) / 10} %`;
}
