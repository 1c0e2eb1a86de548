import { readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { ClientError } from "../../shared/errors.ts";

/** Editors write a file in several steps; milliseconds until it is read. */
const SETTLE_MS = 50;

/**
 * Calls back whenever the text of a file is another one. The folder is watched, since many editors replace the file.
 *
 * @returns how to stop
 * @throws ClientError FILE_UNREADABLE where it cannot be read now
 */
export function watchFile(file: string, onChange: (text: string) => void): () => void {
  let known = read(file);
  if (known === null) throw new ClientError("FILE_UNREADABLE", `${file} cannot be read.`);
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const text = read(file);
    if (text === null || text === known) return;
    known = text;
    onChange(text);
  };
  const watcher = watch(dirname(file), (_, name) => {
    if (name !== null && name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(look, SETTLE_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

/** Null while an editor is replacing it. */
function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
