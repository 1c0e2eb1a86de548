import { posix } from "node:path";

/** A relative import that the layout forbids. */
export interface Violation {
  readonly file: string;
  readonly imported: string;
  readonly reason: string;
}

/** Which folder may import from which; checked on the first rule that matches the importing file. */
const RULES: readonly {
  readonly from: RegExp;
  readonly allowed: readonly RegExp[];
  readonly reason: string;
}[] = [
  { from: /^shared\//, allowed: [/^shared\//], reason: "shared imports nothing of ours" },
  {
    from: /^subgraphs\/[^/]+\.ts$/,
    allowed: [/^subgraphs\/[^/]+\.ts$/, /^shared\//],
    reason: "subgraphs import only shared",
  },
  {
    from: /^gateway\/request\//,
    allowed: [/^gateway\/(request|supergraph|execution)\//, /^shared\//],
    reason: "gateway/request imports only gateway/supergraph, gateway/execution and shared",
  },
  {
    from: /^gateway\/execution\//,
    allowed: [/^gateway\/execution\//, /^shared\//],
    reason: "gateway/execution knows no request, no supergraph and no HTTP",
  },
  {
    from: /^gateway\/supergraph\//,
    allowed: [/^gateway\/supergraph\//, /^shared\//],
    reason: "gateway/supergraph knows no request and no execution",
  },
  {
    from: /^gateway\/(registry|catalog)\//,
    allowed: [/^gateway\/(registry|catalog|supergraph)\//, /^shared\//],
    reason: "gateway/registry and gateway/catalog know no request",
  },
  {
    from: /^gateway\/commands\//,
    allowed: [/^gateway\//, /^shared\//],
    reason: "the gateway never imports a subgraph",
  },
  {
    from: /^gateway\//,
    allowed: [/^gateway\/(?!commands\/)/, /^shared\//],
    reason: "nobody imports gateway/commands, and the gateway never imports a subgraph",
  },
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*["'](\.[^"']+)["']|import\(\s*["'](\.[^"']+)["']\s*\)/g;

/** Every forbidden relative import of the files given, by path from the repository's root. */
export function findViolations(files: ReadonlyMap<string, string>): readonly Violation[] {
  return [...files].flatMap(([file, source]) =>
    importsOf(file, source).flatMap((imported) => {
      const reason = violatedRule(file, imported);
      return reason === null ? [] : [{ file, imported, reason }];
    }),
  );
}

/** The relative imports of a file, as paths from the root. */
export function importsOf(file: string, source: string): readonly string[] {
  return [...source.matchAll(IMPORT)].map((match) =>
    posix.join(posix.dirname(file), match[1] ?? match[2] ?? ""),
  );
}

function violatedRule(file: string, imported: string): string | null {
  const domain = /^subgraphs\/([^/]+)\//.exec(file)?.[1];
  if (domain !== undefined) {
    const isOwn = imported.startsWith(`subgraphs/${domain}/`) || imported.startsWith("shared/");
    return isOwn ? null : "a subgraph imports only itself and shared";
  }
  const rule = RULES.find(({ from }) => from.test(file));
  return rule && !rule.allowed.some((pattern) => pattern.test(imported)) ? rule.reason : null;
}
