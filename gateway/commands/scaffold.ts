import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClientError } from "../../shared/errors.ts";
import { addJoin, type Join } from "./scaffold-join.ts";

const TEMPLATE = fileURLToPath(new URL("../../subgraphs/template/", import.meta.url));

/**
 * `dpg subgraph new`: copies the template to `subgraphs/<domain>` below `directory`, under the domain's name.
 * What it writes composes and serves without an edit. The descriptor says when that was: from then on counts how long the
 * product takes until it is served.
 *
 * @param added what the domain adds to another domain's entity, or null for nothing
 * @returns the files written, as paths from `directory`
 * @throws ClientError USAGE where the name is none or the folder exists
 */
export function scaffold(domain: string, directory: string, added: Join | null = null): readonly string[] {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(domain))
    throw new ClientError(
      "USAGE",
      `${domain} is no domain name: use lower-case letters, digits and underscores.`,
    );
  const folder = join("subgraphs", domain);
  const target = join(directory, folder);
  if (existsSync(target)) throw new ClientError("USAGE", `${folder} exists already; nothing was changed.`);
  const copied = noteCreated(copyTemplate(domain));
  const files = added === null ? copied : addJoin(copied, added, pascalCase(domain));
  mkdirSync(target, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(target, name), text);
  return [...files.keys()].map((name) => join(folder, name));
}

function copyTemplate(domain: string): ReadonlyMap<string, string> {
  const names = readdirSync(TEMPLATE).filter((name) => !name.endsWith(".js") && !name.endsWith(".d.ts"));
  return new Map(names.map((name) => [name, rename(readFileSync(join(TEMPLATE, name), "utf8"), domain)]));
}

/** In quotes: YAML 1.1 would read a date of it. */
function noteCreated(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const product = (files.get("product.yaml") ?? "").replace(
    /^status: .*\n/m,
    (status) => `${status}created: "${new Date().toISOString()}"\n`,
  );
  return new Map([...files, ["product.yaml", product]]);
}

function pascalCase(domain: string): string {
  return domain.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function rename(text: string, domain: string): string {
  const pascal = pascalCase(domain);
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return text
    .replace(/TEMPLATE/g, domain.toUpperCase())
    .replace(/Template/g, pascal)
    .replace(/template(?=[A-Z])/g, camel)
    .replace(/template/g, domain);
}
