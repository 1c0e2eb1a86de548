import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClientError } from "../../shared/errors.ts";

const TEMPLATE = fileURLToPath(new URL("../../subgraphs/template/", import.meta.url));

/**
 * `dpg subgraph new`: copies the template to `subgraphs/<domain>` below `directory`, under the domain's name.
 * What it writes composes and serves without an edit.
 *
 * @returns the files written, as paths from `directory`
 * @throws ClientError USAGE where the name is none or the folder exists
 */
export function scaffold(domain: string, directory: string): readonly string[] {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(domain))
    throw new ClientError(
      "USAGE",
      `${domain} is no domain name: use lower-case letters, digits and underscores.`,
    );
  const folder = join("subgraphs", domain);
  const target = join(directory, folder);
  if (existsSync(target)) throw new ClientError("USAGE", `${folder} exists already; nothing was changed.`);
  const files = readdirSync(TEMPLATE).filter((name) => !name.endsWith(".js") && !name.endsWith(".d.ts"));
  mkdirSync(target, { recursive: true });
  for (const name of files) {
    writeFileSync(join(target, name), rename(readFileSync(join(TEMPLATE, name), "utf8"), domain));
  }
  return files.map((name) => join(folder, name));
}

function rename(text: string, domain: string): string {
  const pascal = domain.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return text
    .replace(/TEMPLATE/g, domain.toUpperCase())
    .replace(/Template/g, pascal)
    .replace(/template(?=[A-Z])/g, camel)
    .replace(/template/g, domain);
}
