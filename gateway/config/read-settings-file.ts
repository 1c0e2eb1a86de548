import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "./environment.ts";
import { isRecord } from "./is-record.ts";

/**
 * Reads a file of settings in YAML; `${NAME}` stands for a variable.
 *
 * @throws ClientError FILE_UNREADABLE; CONFIG_INVALID where it is no map of keys, or holds a secret
 */
export function readSettingsFile(file: string, env: Environment): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new ClientError("FILE_UNREADABLE", `The configuration ${file} cannot be read.`);
  }
  const value: unknown = parseYamlText(text, file);
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) throw new ClientError("CONFIG_INVALID", `${file} must be a map of keys.`);
  refuseWrittenSecret(value, file);
  return interpolate(value, env);
}

function parseYamlText(text: string, file: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new ClientError(
      "CONFIG_INVALID",
      `${file} is not YAML: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

/** Secrets come from the environment only (interfaces.md). */
function refuseWrittenSecret(value: Record<string, unknown>, file: string): void {
  for (const [section, key] of SECRETS) {
    const group = value[section];
    const text = isRecord(group) ? group[key] : undefined;
    if (typeof text === "string" && !VARIABLE_ONLY.test(text))
      throw new ClientError(
        "CONFIG_INVALID",
        `${section}.${key} in ${file} is a secret: write \${NAME} there and set the variable NAME.`,
      );
  }
}

const SECRETS = [
  ["masking", "hmacKey"],
  ["identity", "privateKey"],
  ["audit", "databaseUrl"],
  ["rateLimits", "databaseUrl"],
  ["metrics", "token"],
] as const;
const VARIABLE_ONLY = /^\$\{\w+\}$/;

function interpolate(value: Record<string, unknown>, env: Environment): Record<string, unknown> {
  const replace = (item: unknown): unknown => {
    if (typeof item === "string") {
      const filled = item.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? "");
      return VARIABLE_ONLY.test(item) && filled === "" ? null : filled;
    }
    if (Array.isArray(item)) return item.map(replace);
    return isRecord(item) ? interpolate(item, env) : item;
  };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)]));
}
