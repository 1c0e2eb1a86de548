import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * A folder that everybody may enter, deleted with all that is in it when the test has finished; a hook passes
 * what takes the deletion instead.
 */
export async function scratchDirectory(atEnd: AtEnd = onTestFinished): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "dpg-test-"));
  await chmod(directory, 0o755);
  atEnd(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Takes what has to be done when the folder is not needed any more. */
export type AtEnd = (cleanUp: () => Promise<void>) => void;
