import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DIRECTIVES } from "../../shared/directives/index.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAMES = DIRECTIVES.map(({ name }) => name).join("|");

/** Words that are also verdicts, kinds of callers or names of columns; they count where directives are told apart. */
const ORDINARY = [
  "authenticated",
  "policy",
  "purpose",
  "mask",
  "format",
  "owner",
  "audit",
  "classification",
  "lineage",
];

/** What directives are told apart by. */
const TELLS_APART = /directive\s*\.name|\bDIRECTIVES\b|from "[^"]*\/directives\//;
/** A verdict, a kind of caller or a key of a type: `kind === "mask"`, `case "mask"`, `"deny" | "mask"`. */
const KIND = /(?:\bkind(?::|\s*===)\s*|\bcase\s+|\|\s*)$|^["'`]\w+["'`]\s*\|/;

describe("the governance seam", () => {
  test("is all that the gateway knows of directives: it names none of them", () => {
    const files = sourceFiles();
    expect(files.size).toBeGreaterThan(150);
    expect([...files].flatMap(([file, source]) => namedIn(source).map((name) => `${file}: ${name}`))).toEqual(
      [],
    );
  });

  test.each([
    [`const is = rule.directive.name === "mask";`],
    [`const known = DIRECTIVES.filter((item) => new Set(["audit", "x"]).has(item.name));`],
    [`import { owner } from "../../shared/directives/owner.ts";`],
    [`const rules = read(found, "rowFilter");`],
    ["const text = `@requiresScopes(x)`;"],
  ])("is alive: %s is found", (source) => {
    expect(namedIn(source)).toHaveLength(1);
  });

  test.each([
    [`if (verdict.kind === "mask" && directive.name !== "") {}`],
    [`type Decision = "deny" | "mask"; const x = DIRECTIVES;`],
    ["/** `@mask` hides. */ const x = DIRECTIVES; // @mask"],
    [`const labels = ["policy"];`],
  ])("lets ordinary words pass: %s", (source) => {
    expect(namedIn(source)).toEqual([]);
  });
});

/** The directives that code names, in string literals or by importing them. */
function namedIn(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
  const isAboutDirectives = TELLS_APART.test(code);
  const literals = [...code.matchAll(new RegExp(`["'\`](${NAMES})["'\`]`, "g"))].filter(
    ({ 1: name = "", index }) =>
      !ORDINARY.includes(name) ||
      (isAboutDirectives && !KIND.test(code.slice(0, index)) && !KIND.test(code.slice(index))),
  );
  const written = [...code.matchAll(new RegExp(`["'\`][^"'\`\\n]*(@(?:${NAMES}))\\b`, "g"))];
  const imported = [...code.matchAll(/from "[^"]*\/directives\/(?!index\.ts)([^"]+)"/g)];
  return [...literals, ...written, ...imported].map(([, name = ""]) => name);
}

function sourceFiles(): ReadonlyMap<string, string> {
  const entries = readdirSync(join(ROOT, "gateway"), { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(ROOT, path), readFileSync(path, "utf8")];
      }),
  );
}
