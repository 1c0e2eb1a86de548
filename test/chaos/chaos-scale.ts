/** `npm run test:chaos` sets CHAOS=full; within `npm test` the same tests run in a short form. */
export function scale(short: number, full: number): number {
  return process.env.CHAOS === "full" ? full : short;
}

/** A generator of numbers from 0 to 1 that repeats itself for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
