import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./run-command.ts";

const PARTS = [
  "gateway",
  "shared",
  "subgraphs",
  "test",
  "dist",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "vitest.config.ts",
];

/** A copy in which files may be written beside the sources; the packages are linked. The caller removes it. */
export function copyRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), "dpg-copy-"));
  for (const name of PARTS)
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
