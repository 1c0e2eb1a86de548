/** Deaths that are longer ago say nothing about the next start. */
const RECENT_MS = 60_000;
const FIRST_MS = 250;
const MAX_MS = 30_000;

/**
 * Milliseconds to wait before a dead worker is replaced: a quarter of a second, doubled by each death of the last
 * minute, so that workers that cannot live do not take the machine's time from those that can (hardening 107).
 *
 * @param deaths when workers died, in milliseconds of the clock, the one to replace included
 */
export function restartDelay(deaths: readonly number[], now: number): number {
  const recent = deaths.filter((at) => now - at < RECENT_MS).length;
  return Math.min(MAX_MS, FIRST_MS * 2 ** Math.max(0, recent - 1));
}
