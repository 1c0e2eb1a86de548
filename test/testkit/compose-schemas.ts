import { type Composition, compose } from "../../gateway/registry/compose.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";

const FEDERATION = [
  "key",
  "shareable",
  "external",
  "requires",
  "provides",
  "override",
  "interfaceObject",
  "context",
  "fromContext",
  "inaccessible",
  "tag",
];

/** Links of a subgraph that imports everything there is, each name used in the text plainly. */
export function linked(sdl: string): string {
  const used = (names: readonly string[]) =>
    names.filter((name) => new RegExp(`@${name}\\b`).test(sdl)).map((name) => `"@${name}"`);
  const namesOf = (spec: string) => DIRECTIVES.filter((item) => item.spec === spec).map(({ name }) => name);
  const federation = used([...FEDERATION, ...namesOf("federation")]);
  const governance = used(namesOf("governance"));
  return `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${federation.join(", ")}])
  ${governance.length > 0 ? `@link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: [${governance.join(", ")}])` : ""}
${sdl}`;
}

/** Composes subgraphs `a`, `b` … from their SDL; SDL without a link gets all links. */
export function composed(...sdls: readonly string[]): Composition {
  return compose(
    sdls.map((sdl, index) => ({
      name: String.fromCharCode(97 + index),
      url: "http://localhost:1/graphql",
      sdl: sdl.includes("@link") ? sdl : linked(sdl),
    })),
  );
}

/** The findings as `severity CODE coordinate`, without those about missing owners. */
export function findingsOf(...sdls: readonly string[]): readonly string[] {
  return composed(...sdls)
    .findings.filter(({ code }) => code !== "OWNER_MISSING")
    .map(({ severity, code, coordinate }) => `${severity} ${code} ${coordinate}`);
}

/** The rules of what composes, as `coordinate directive arguments`. */
export function rulesOf(...sdls: readonly string[]): readonly string[] {
  const result = composed(...sdls);
  if (result.kind === "refused") throw new Error(JSON.stringify(result.findings, null, 2));
  return result.artifact.governance.rules.map(
    ({ coordinate, directive, applications }) => `${coordinate} ${directive} ${JSON.stringify(applications)}`,
  );
}
