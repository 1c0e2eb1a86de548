// Measures what the gateway keeps under load; prints a line per figure, and fails where one misses its goal.
import { type Figure, report } from "./figures.ts";
import { measureHungSubgraph } from "./hung-subgraph.ts";
import { measureOverload } from "./overload.ts";
import { measureRollingRestarts } from "./rolling-restarts.ts";

const MEASUREMENTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  overload: () => measureOverload({ rounds: 3, seconds: { peak: 8, overload: 15, after: 8 } }),
  "hung-subgraph": () => measureHungSubgraph({ rounds: 5, seconds: 12 }),
  "rolling-restarts": () => measureRollingRestarts({ rounds: 10 }),
};

const [name = ""] = process.argv.slice(2);
const measure = MEASUREMENTS[name];
if (!measure) throw new Error(`expected one of ${Object.keys(MEASUREMENTS).join(", ")}`);
process.exitCode = report(await measure()) ? 0 : 1;
