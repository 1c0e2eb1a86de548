import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./run-command.ts";

/** What README tells the operator to set. */
export const PASSWORDS = ["POSTGRES", "CUSTOMER", "PRODUCT", "ORDER", "REGISTRY", "CATALOG", "AUDIT"].map(
  (name) => `${name}_PASSWORD`,
);
/** With these values here. */
export const GIVEN: Readonly<Record<string, string>> = Object.fromEntries(
  PASSWORDS.map((name) => [name, `${name.toLowerCase()}-secret`]),
);

const text = z.string().transform(interpolate);
const service = z.looseObject({
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), text).default({}),
  volumes: z.array(text).default([]),
  ports: z.array(text).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
const file = z.looseObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
});

/** docker-compose.yml as Compose reads it, with the operator's passwords filled in. */
export const COMPOSE = file.parse(
  parse(readFileSync(join(ROOT, "docker-compose.yml"), "utf8"), { merge: true }),
);

/** As Compose fills in `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function interpolate(written: string): string {
  return written
    .replaceAll("$$", "$")
    .replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest = "") => {
      if (GIVEN[name] !== undefined) return GIVEN[name];
      if (kind === "-") return rest;
      throw new Error(`${name} is not among what the operator is told to set`);
    });
}
