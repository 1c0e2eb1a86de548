import type { Writable } from "node:stream";

/** What it is said on: a person looks where it is a terminal. */
export type ProgressStream = Writable & { readonly isTTY?: boolean };

/** Does something, and shows a person that it goes on; says nothing in pipes and files. */
export async function withProgress<Result>(
  text: string,
  work: () => Promise<Result>,
  stream: ProgressStream = process.stderr,
): Promise<Result> {
  if (stream.isTTY !== true) return work();
  const { default: createSpinner } = await import("yocto-spinner");
  const spinner = createSpinner({ text, stream }).start();
  try {
    return await work();
  } finally {
    spinner.stop();
  }
}
