import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "../../testkit/run-command.ts";

const isRoot = process.getuid?.() === 0;
/** As root that may not raise a priority either. */
const WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
const PROGRAM = `import { getPriority } from "node:os";
import { giveWay } from "./shared/give-way.ts";
giveWay(10);
process.stdout.write(String(getPriority()));`;

test.each([
  [0, 10],
  [15, 15],
])(
  "a thread of a process with nice %i gives way with nice %i, and never gets ahead of its process",
  (from, to) => {
    const node = [process.execPath, "--import", "tsx"];
    const command = [...(isRoot ? WITHOUT_RIGHTS : []), ...node, "--input-type=module", "--eval", PROGRAM];
    const { stdout, stderr } = spawnSync("nice", ["-n", String(from), ...command], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect([stdout, stderr]).toEqual([String(process.platform === "linux" ? to : from), ""]);
  },
);
