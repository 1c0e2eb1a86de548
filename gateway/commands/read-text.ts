import { readFileSync } from "node:fs";
import { ClientError } from "../../shared/errors.ts";

/**
 * The text of a file, `-` for standard input.
 *
 * @throws ClientError FILE_UNREADABLE
 */
export function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch {
    throw new ClientError("FILE_UNREADABLE", `${file} cannot be read.`);
  }
}
