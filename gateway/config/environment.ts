import { ClientError } from "../../shared/errors.ts";
import { isRecord } from "./is-record.ts";

/** Variables and their values, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "DPG_";
/** Variables of other parts that share the prefix. */
const OTHER_VARIABLES = new Set([
  "DPG_DATA_DIR",
  "DPG_MASK_KEY",
  "DPG_REGISTRY_URL",
  "DPG_TOKEN",
  "DPG_GATEWAY_JWKS_URL",
  "DPG_GATEWAY_URL",
]);

/**
 * Puts the values of `DPG_…` variables over those of a file.
 *
 * @param defaults every key there is, with its default
 * @throws ClientError CONFIG_INVALID for a variable that is no setting
 */
export function withEnvironment(
  written: Record<string, unknown>,
  env: Environment,
  defaults: Record<string, unknown>,
): Record<string, unknown> {
  const paths = knownPaths(defaults);
  let merged = written;
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || !name.startsWith(PREFIX) || OTHER_VARIABLES.has(name)) continue;
    const path = paths.get(name);
    if (!path) throw new ClientError("CONFIG_INVALID", `${name} is no setting of the gateway.`);
    merged = setPath(merged, path, parseVariable(text));
  }
  return merged;
}

function parseVariable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function setPath(
  target: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined) return target;
  const inner = target[key];
  return { ...target, [key]: rest.length === 0 ? value : setPath(isRecord(inner) ? inner : {}, rest, value) };
}

/** `DPG_LIMITS_BODY_BYTES` → `["limits", "bodyBytes"]`, for every key. */
function knownPaths(defaults: Record<string, unknown>): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  const walk = (value: Record<string, unknown>, path: readonly string[]): void => {
    for (const [key, item] of Object.entries(value)) {
      const inner = [...path, key];
      paths.set(PREFIX + inner.map((part) => part.replace(/[A-Z]/g, "_$&").toUpperCase()).join("_"), inner);
      if (isRecord(item)) walk(item, inner);
    }
  };
  walk(defaults, []);
  return paths;
}
