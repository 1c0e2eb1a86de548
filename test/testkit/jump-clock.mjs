// For `node --import`: the wall clock of this process jumps an hour ahead at the first SIGUSR2, two back at the
// next, and is right again after the third. The monotonic clock and timers do not change, as in a real jump.
const HOUR = 3_600_000;
const offsets = [HOUR, -HOUR, 0];
let jumps = 0;
let offset = 0;
const { now } = Date;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now() + offset);
    else super(...given);
  }
  static now() {
    return now() + offset;
  }
};
process.on("SIGUSR2", () => {
  offset = offsets[jumps % offsets.length] ?? 0;
  jumps += 1;
  process.stderr.write(`the clock jumped: ${jumps}\n`);
});
