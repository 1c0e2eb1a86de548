import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AtEnd, scratchDirectory } from "./scratch-directory.ts";

/** Writes a folder of migrations, file name → SQL, deleted as {@link scratchDirectory} says. */
export async function writeMigrations(
  files: Readonly<Record<string, string>>,
  atEnd?: AtEnd,
): Promise<string> {
  const directory = join(await scratchDirectory(atEnd), "migrations");
  await mkdir(directory);
  await changeMigrations(directory, files);
  return directory;
}

/** Adds or replaces files of such a folder. */
export async function changeMigrations(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
}
