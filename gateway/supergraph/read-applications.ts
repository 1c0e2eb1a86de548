import { type DirectiveNode, type DocumentNode, getLocation, Kind, parse } from "graphql";
import type { DirectiveDefinition } from "../../shared/define-directive.ts";
import { readArguments } from "../../shared/directive-arguments.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import type { DirectiveLocation } from "../../shared/placement.ts";
import { canonicalDirective, type Link, resolveLinks, specName } from "../../shared/resolve-links.ts";
import { GOVERNANCE_IDENTITY } from "../../shared/strip-governance.ts";
import type { Finding } from "./finding.ts";
import { listPlacements, type PlacedDirective } from "./list-placements.ts";

/** One governed place: `schema`, `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
export interface Application {
  readonly subgraph: string;
  readonly coordinate: string;
  readonly directive: DirectiveDefinition;
  /** As the directive's own schema parsed them. */
  readonly args: unknown;
}

/** What a schema says with the directives we know, and what is wrong with how it says it. */
export interface Applications {
  readonly applications: readonly Application[];
  readonly findings: readonly Finding[];
}

/** A subgraph by its name, or a composed schema, whose places composition has checked already. */
export type SchemaOrigin = { readonly subgraph: string } | "supergraph";

const FEDERATION_IDENTITY = "https://specs.apollo.dev/federation";
const APOLLO = "https://specs.apollo.dev/";

/**
 * Reads the directives of {@link DIRECTIVES} from a subgraph's or a supergraph's SDL, under whatever names
 * they were imported (governance.md §2 rule 1). What could be meant as a rule and has no effect is a finding.
 */
export function readApplications(origin: SchemaOrigin, document: DocumentNode): Applications {
  const reader = new Reader(origin, document);
  for (const link of reader.links) reader.checkLink(link);
  for (const placed of listPlacements(document)) reader.read(placed);
  return reader;
}

/** Which of our directives a name stands for in a schema with these links, or null. */
export function resolveDirective(links: readonly Link[], name: string): DirectiveDefinition | null {
  for (const link of links) {
    const canonical = canonicalDirective(link, name);
    const found = canonical && DIRECTIVES.find((item) => item.name === canonical && isSpecOf(link, item));
    if (found) return found;
  }
  return null;
}

function isSpecOf(link: Link, directive: DirectiveDefinition): boolean {
  if (directive.spec === "governance") return link.identity === GOVERNANCE_IDENTITY;
  return link.identity === FEDERATION_IDENTITY || link.identity === `${APOLLO}${directive.name}`;
}

class Reader implements Applications {
  readonly applications: Application[] = [];
  readonly findings: Finding[] = [];
  readonly links: readonly Link[];
  readonly #subgraph: string;
  readonly #isComposed: boolean;
  readonly #defined: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(origin: SchemaOrigin, document: DocumentNode) {
    this.#subgraph = origin === "supergraph" ? origin : origin.subgraph;
    this.#isComposed = origin === "supergraph";
    this.links = resolveLinks(document);
    this.#defined = new Set(
      document.definitions.flatMap((node) =>
        node.kind === Kind.DIRECTIVE_DEFINITION ? [node.name.value] : [],
      ),
    );
  }

  /** A misspelt import or an unknown version would switch rules off without a word. */
  checkLink({ identity, version, imports, node }: Link): void {
    if (identity !== GOVERNANCE_IDENTITY) return;
    if (version[0] !== 1 || version[1] > 0)
      this.#report("GOVERNANCE_LINK_UNKNOWN", null, node, {
        message: `This composer knows version 1.0 of the governance specification, not ${version.join(".")}.`,
        remedy: `Link ${GOVERNANCE_IDENTITY}/v1.0.`,
      });
    for (const name of imports.values())
      if (!GOVERNANCE_NAMES.has(name))
        this.#report("GOVERNANCE_LINK_UNKNOWN", null, node, {
          message: `The governance specification has no ${name}.`,
          remedy: `Import one of ${[...GOVERNANCE_NAMES].filter((item) => item.startsWith("@")).join(", ")}.`,
        });
  }

  read({ coordinate, location, node }: PlacedDirective): void {
    const directive = resolveDirective(this.links, node.name.value);
    if (directive === null) this.#unresolved(coordinate, node);
    if (directive === null || !this.#mayStand(directive, location, coordinate, node)) return;
    const parsed = directive.args.safeParse(readArguments(node));
    if (parsed.success)
      this.applications.push({ subgraph: this.#subgraph, coordinate, directive, args: parsed.data });
    else {
      const reasons = parsed.error.issues.map(
        (issue) => `${issue.path.map(String).join(".") || "arguments"}: ${issue.message}`,
      );
      this.#report("DIRECTIVE_ARGUMENTS_INVALID", coordinate, node, {
        message: `@${node.name.value} on ${coordinate} has wrong arguments: ${reasons.join("; ")}.`,
        remedy: "Correct the arguments; the directive's definition says which it takes.",
      });
    }
  }

  #mayStand(
    directive: DirectiveDefinition,
    location: DirectiveLocation,
    coordinate: string,
    node: DirectiveNode,
  ): boolean {
    if (this.#isComposed) return true;
    const { locations, isRepeatable } = grammarOf(directive);
    const key = `${coordinate}@${directive.name}`;
    const isAllowed = locations.has(location);
    if (!isAllowed)
      this.#report("DIRECTIVE_LOCATION_INVALID", coordinate, node, {
        message: `@${node.name.value} on ${coordinate} has no effect: it may not stand on ${location}.`,
        remedy: `Use it on ${[...locations].join(", ")}.`,
      });
    else if (!isRepeatable && this.#seen.has(key))
      this.#report("DIRECTIVE_REPEATED", coordinate, node, {
        message: `@${node.name.value} stands twice on ${coordinate}.`,
        remedy: "State one rule; combine the arguments.",
      });
    this.#seen.add(key);
    return isAllowed;
  }

  /** A name that nothing brings in: an error where it reads like a rule that decides about deliveries. */
  #unresolved(coordinate: string, node: DirectiveNode): void {
    const name = node.name.value;
    const isOfGovernance = this.links.some(
      (link) => link.identity === GOVERNANCE_IDENTITY && canonicalDirective(link, name) !== null,
    );
    const meant = DIRECTIVES.find((item) => item.name === name.replace(/^(governance|federation)__/, ""));
    if (!isOfGovernance && (!meant || this.#belongsElsewhere(name))) return;
    const decides = meant && (meant.judge || meant.rows || meant.judgeInput);
    const severity = this.#defined.has(name) && !decides && !isOfGovernance ? "warning" : "error";
    this.#report("DIRECTIVE_NOT_LINKED", coordinate, node, {
      severity,
      message: `@${name} on ${coordinate} is not linked to its specification, so the gateway gives it no effect.`,
      remedy: `Import it with @link(url: "${GOVERNANCE_IDENTITY}/v1.0") or, for auth, the federation specification; a directive of your own needs another name.`,
    });
  }

  /** The name comes from the link of another specification. */
  #belongsElsewhere(name: string): boolean {
    return this.links.some(
      (link) => link.imports.has(`@${name}`) || link.namespace === name || specName(link) === name,
    );
  }

  #report(
    code: string,
    coordinate: string | null,
    node: DirectiveNode,
    finding: Pick<Finding, "message" | "remedy"> & { readonly severity?: Finding["severity"] },
  ): void {
    const location = node.loc ? { location: getLocation(node.loc.source, node.loc.start) } : {};
    this.findings.push({
      severity: "error",
      code,
      coordinate,
      subgraphs: [this.#subgraph],
      ...finding,
      ...location,
    });
  }
}

/** Whether a directive may stand at a location. */
export function mayStand(directive: DirectiveDefinition, location: DirectiveLocation): boolean {
  return grammarOf(directive).locations.has(location);
}

interface Grammar {
  readonly locations: ReadonlySet<string>;
  readonly isRepeatable: boolean;
  readonly types: readonly string[];
}

/** What a directive's SDL says about where it may stand; parsed once. */
function grammarOf(directive: DirectiveDefinition): Grammar {
  const known = GRAMMARS.get(directive);
  if (known) return known;
  const { definitions } = parse(directive.sdl, { noLocation: true });
  const own = definitions.find((node) => node.kind === Kind.DIRECTIVE_DEFINITION);
  const grammar = {
    locations: new Set(own?.locations.map((item) => item.value)),
    isRepeatable: own?.repeatable ?? false,
    types: definitions.flatMap((node) =>
      node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.SCALAR_TYPE_DEFINITION
        ? [node.name.value]
        : [],
    ),
  };
  GRAMMARS.set(directive, grammar);
  return grammar;
}

const GRAMMARS = new WeakMap<DirectiveDefinition, Grammar>();

/** What may be imported from the governance specification. */
const GOVERNANCE_NAMES: ReadonlySet<string> = new Set(
  DIRECTIVES.filter((item) => item.spec === "governance").flatMap((item) => [
    `@${item.name}`,
    ...grammarOf(item).types,
  ]),
);
