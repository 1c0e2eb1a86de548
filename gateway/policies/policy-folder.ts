import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { Counter } from "prom-client";
import { ClientError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { type CedarPolicies, createCedarPolicies, type PolicyText } from "./cedar-policies.ts";

export interface PolicyFolderOptions {
  /** Holds one `<name>.cedar` per policy. */
  readonly directory: string;
  readonly log: Logger;
  /** Counts reloads by label `outcome`: `loaded` or `refused`. */
  readonly reloads: Counter<"outcome">;
}

export interface PolicyFolder extends Pick<CedarPolicies, "decide" | "names"> {
  readonly stop: () => void;
}

/** Milliseconds of quiet before a change is read: editors and deployments write several files. */
const SETTLE = 100;
/** Where the file system does not tell of changes (network mounts), they are looked for at this interval. */
const LOOK = 5000;

/**
 * The policies of a folder, kept up to date. A set that does not parse is refused as a whole, and the last good
 * one stays (governance.md §4).
 *
 * @throws ClientError POLICY_INVALID or FILE_UNREADABLE where there is no good set to begin with
 */
export async function openPolicyFolder(options: PolicyFolderOptions): Promise<PolicyFolder> {
  const { directory, log, reloads } = options;
  const policies = await createCedarPolicies(readPolicies(directory));
  let seen = fingerprint(directory);
  log.info({ policies: policies.names() }, "policies loaded");

  const reload = () => {
    const found = fingerprint(directory);
    if (found === seen) return;
    seen = found;
    try {
      policies.replace(readPolicies(directory));
      reloads.inc({ outcome: "loaded" });
      log.info({ policies: policies.names() }, "policies loaded");
    } catch (error) {
      reloads.inc({ outcome: "refused" });
      log.error({ err: error }, "policies refused: the last good set stays");
    }
  };
  let settling: NodeJS.Timeout | undefined;
  const onChange = () => {
    clearTimeout(settling);
    settling = setTimeout(reload, SETTLE).unref();
  };
  const watcher = watchFolder(directory, onChange);
  const looking = setInterval(reload, LOOK).unref();
  return {
    decide: policies.decide,
    names: policies.names,
    stop: () => {
      watcher?.close();
      clearInterval(looking);
      clearTimeout(settling);
    },
  };
}

/**
 * Every policy of a folder: file name without `.cedar` is the policy's name.
 *
 * @throws ClientError FILE_UNREADABLE
 */
export function readPolicies(directory: string): readonly PolicyText[] {
  try {
    return fileNames(directory).map((name) => ({
      name: name.slice(0, -SUFFIX.length),
      text: readFileSync(join(directory, name), "utf8"),
    }));
  } catch {
    throw new ClientError("FILE_UNREADABLE", `The policies in ${directory} cannot be read.`);
  }
}

const SUFFIX = ".cedar";

function fileNames(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(SUFFIX))
    .sort();
}

/** Changes whenever a file does; empty where the folder cannot be read, which a reload then reports. */
function fingerprint(directory: string): string {
  try {
    return fileNames(directory)
      .map((name) => {
        const { mtimeMs, size, ino } = statSync(join(directory, name));
        return `${name}:${mtimeMs}:${size}:${ino}`;
      })
      .join("\n");
  } catch {
    return "";
  }
}

/** Null where the system has no watches left: looking at intervals is enough then. */
function watchFolder(directory: string, onChange: () => void): FSWatcher | null {
  try {
    return watch(directory, { persistent: false }, onChange).on("error", () => {});
  } catch {
    return null;
  }
}
