/** A line of a schema that one generation has and the other has not. */
export interface SchemaDifference {
  readonly kind: "added" | "removed";
  /** The definition that it is in, such as `type Customer`. */
  readonly within: string;
  readonly text: string;
}

/** What of a schema is new and what is gone, definition by definition; the order of lines does not count. */
export function compareSchemas(before: string, after: string): readonly SchemaDifference[] {
  const [old, fresh] = [readLines(before), readLines(after)];
  const within = new Set([...old.keys(), ...fresh.keys()]);
  return [...within].sort().flatMap((name) => {
    const [had, has] = [old.get(name) ?? new Set<string>(), fresh.get(name) ?? new Set<string>()];
    return [
      ...[...had].flatMap((text) =>
        has.has(text) ? [] : [{ kind: "removed", within: name, text } as const],
      ),
      ...[...has].flatMap((text) => (had.has(text) ? [] : [{ kind: "added", within: name, text } as const])),
    ];
  });
}

/** Lines by the definition they belong to: one begins where a line is not indented. Its description stands before it. */
function readLines(schema: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  let name = "";
  let isDescription = false;
  let description: string[] = [];
  for (const line of schema.split("\n")) {
    const text = line.trim().replace(/^"""|"""$/g, "");
    const isQuote = line.startsWith('"""');
    if (isQuote || isDescription) {
      if (text !== "") description.push(text);
      if (line.trimEnd().endsWith('"""') && (!isQuote || isDescription || line.length > 3))
        isDescription = false;
      else isDescription = true;
      continue;
    }
    if (text === "" || text === "}" || text === "{") continue;
    if (/^\w/.test(line)) name = text.split(/[\s(]+/, 2).join(" ");
    const lines = found.get(name) ?? new Set<string>();
    for (const said of [...description, text]) lines.add(said);
    found.set(name, lines);
    description = [];
  }
  return found;
}
