/** A length of time in calendar units, ISO 8601: `P7Y`, `P90D`, `P1Y6M`, `PT12H`. */
export interface Period {
  readonly months: number;
  readonly milliseconds: number;
}

const PATTERN = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const DAY = 86_400_000;

/** Reads an ISO 8601 duration of whole units, or gives null for what is none, and for none at all (`P0D`). */
export function parsePeriod(text: string): Period | null {
  const match = PATTERN.exec(text);
  if (!match || text.endsWith("T")) return null;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const period = {
    months: years * 12 + months,
    milliseconds: (weeks * 7 + days) * DAY + ((hours * 60 + minutes) * 60 + seconds) * 1000,
  };
  return period.months + period.milliseconds > 0 ? period : null;
}

/** The moment that lies a period before another, in milliseconds since the epoch; calendar of UTC. */
export function before(moment: number, { months, milliseconds }: Period): number {
  const date = new Date(moment);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() - milliseconds;
}
