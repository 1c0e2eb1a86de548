import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeNode,
} from "graphql";
import type { RandomSubgraphs } from "../random-subgraphs.ts";
import type { Tape } from "../tape.ts";

const FEDERATION = ["authenticated", "requiresScopes", "policy"];
const GOVERNANCE = ["mask", "purpose", "rowFilter", "retention", "reveals", "lifecycle"];

/**
 * Adds random rules to random subgraphs, in each under names of its own: imported plainly, imported under another
 * name, or not imported. What subgraphs answer does not change.
 */
export function governSubgraphs({ subgraphs }: RandomSubgraphs, tape: Tape): RandomSubgraphs {
  const lists = new Set(subgraphs.flatMap(({ sdl }) => leavesOf(sdl)));
  return {
    subgraphs: subgraphs.map(({ name, sdl }) => ({
      name,
      sdl: new Governor(tape, [...lists].sort(), required(subgraphs)).govern(sdl),
    })),
  };
}

/** Fields that some `@requires` reads: a rule on one nearly always refuses the supergraph. */
function required(subgraphs: RandomSubgraphs["subgraphs"]): ReadonlySet<string> {
  return new Set(
    subgraphs.flatMap(({ sdl }) =>
      [...sdl.matchAll(/@requires\(fields: "(\w+)/g)].map(([, name = ""]) => name),
    ),
  );
}

/** Coordinates of the leaves of entities: what an argument may reveal. */
function leavesOf(sdl: string): readonly string[] {
  return parse(sdl).definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && /^E/.test(node.name.value)
      ? (node.fields ?? [])
          .filter((field) => /^f\d/.test(field.name.value) && isLeaf(field.type))
          .map((field) => `${node.name.value}.${field.name.value}`)
      : [],
  );
}

const LEAVES = new Set(["String", "Int", "Boolean", "ID", "Float", "Color", "JSON"]);

function namedOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedOf(type.type);
}

function isLeaf(type: TypeNode): boolean {
  return LEAVES.has(namedOf(type));
}

class Governor {
  readonly #tape: Tape;
  readonly #leaves: readonly string[];
  readonly #required: ReadonlySet<string>;
  /** Directive → the name it has in this subgraph. */
  readonly #names = new Map<string, string>();
  readonly #imports = { federation: [] as string[], governance: [] as string[] };

  constructor(tape: Tape, leaves: readonly string[], requiredFields: ReadonlySet<string>) {
    this.#tape = tape;
    this.#leaves = leaves;
    this.#required = requiredFields;
  }

  govern(sdl: string): string {
    const document = parse(sdl, { noLocation: true });
    const definitions = document.definitions.map((node) => {
      switch (node.kind) {
        case Kind.OBJECT_TYPE_DEFINITION:
        case Kind.INTERFACE_TYPE_DEFINITION:
          return this.#type(node);
        case Kind.SCALAR_TYPE_DEFINITION:
          return {
            ...node,
            directives: this.#applied([...this.#guards(9), ...this.#mask("JSON", 12, false)]),
          };
        case Kind.ENUM_TYPE_DEFINITION:
          return { ...node, directives: this.#applied(this.#guards(9)) };
        default:
          return node;
      }
    });
    const text = print({ ...document, definitions });
    const { federation, governance } = this.#imports;
    const link = `@link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: [${governance.join(", ")}])`;
    return text.replace(
      /import: \[([^\]]*)\]\)/,
      (_, known: string) => `import: [${[known, ...federation].join(", ")}]) ${link}`,
    );
  }

  #type(node: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode) {
    const name = node.name.value;
    const isObject = node.kind === Kind.OBJECT_TYPE_DEFINITION;
    const isPlain = isObject && !node.directives?.some((item) => item.name.value === "interfaceObject");
    const isRoot = name === "Query" || name === "Mutation";
    const rules = isPlain && name !== "Ref" ? this.#typeRules(node, isRoot) : [];
    return {
      ...node,
      directives: [...(node.directives ?? []), ...this.#applied(rules)],
      fields: (node.fields ?? []).map((field) => this.#field(node, field, isObject)),
    };
  }

  #typeRules(
    node: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode,
    isRoot: boolean,
  ): readonly string[] {
    const rules = [...this.#guards(isRoot ? 40 : 7)];
    if (isRoot || !/^E/.test(node.name.value)) return rules;
    const source = (node.fields ?? []).find(
      (field) =>
        field.arguments?.length === 0 &&
        field.type.kind !== Kind.LIST_TYPE &&
        /^f\d/.test(field.name.value) &&
        isLeaf(field.type),
    );
    if (this.#tape.once(6))
      rules.push(
        `@rowFilter(field: "${this.#tape.pick(["id", source?.name.value ?? "id"])}", claim: "rows${this.#tape.below(2)}")`,
      );
    const moment = (node.fields ?? []).find((field) => /^f\d/.test(field.name.value) && isMoment(field));
    if (moment && this.#tape.once(5)) rules.push(`@retention(period: "P1D", from: "${moment.name.value}")`);
    return rules;
  }

  #field(
    parent: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode,
    field: FieldDefinitionNode,
    isObject: boolean,
  ): FieldDefinitionNode {
    const name = field.name.value;
    if (["id", "code", "ref", "shared"].includes(name)) return field;
    // Fields that several subgraphs have get guards more often, to be combined, and masks less: two would conflict.
    const isShared = !/f\d+$/.test(name);
    const odds = this.#required.has(name) ? 60 : isShared ? 3 : 4;
    const named = namedOf(field.type);
    const rules = isObject ? [...this.#guards(odds)] : [];
    if (isLeaf(field.type)) rules.push(...this.#mask(named, isShared ? 25 : odds + 2, canBeNull(field.type)));
    if (isObject && this.#tape.once(odds * 3))
      rules.push(this.#tape.pick(["@lifecycle(status: DRAFT)", "@lifecycle(status: RETIRED)"]));
    const moment = (parent.fields ?? []).find(
      (item) => item !== field && /^f\d/.test(item.name.value) && isMoment(item),
    );
    if (isObject && moment && field.type.kind !== Kind.NON_NULL_TYPE && this.#tape.once(odds * 3))
      rules.push(`@retention(period: "P1D", from: "${moment.name.value}")`);
    return {
      ...field,
      arguments: (field.arguments ?? []).map((item) => this.#argument(item)),
      directives: [...(field.directives ?? []), ...this.#applied(rules)],
    };
  }

  #argument(node: InputValueDefinitionNode): InputValueDefinitionNode {
    const [first, ...others] = this.#leaves;
    if (first === undefined || !this.#tape.once(4)) return node;
    const rule = `@reveals(fields: ["${this.#tape.pick([first, ...others])}"])`;
    return { ...node, directives: this.#applied([rule]) };
  }

  /** Rules that refuse; most places have none. */
  #guards(odds: number): string[] {
    if (!this.#tape.once(odds)) return [];
    const choice = this.#tape.below(5);
    const names = (all: string) => `[${this.#dnf(all)}]`;
    if (choice === 0) return ["@authenticated"];
    if (choice === 1) return [`@requiresScopes(scopes: ${names("abc")})`];
    if (choice === 2) return [`@policy(policies: ${names("pq")})`];
    if (choice === 3) return ["@authenticated", `@requiresScopes(scopes: ${names("ab")})`];
    return [];
  }

  #dnf(alphabet: string): string {
    const [first = "a", ...others] = alphabet;
    return Array.from({ length: 1 + this.#tape.below(2) }, () => {
      const all = [this.#tape.pick([first, ...others]), ...this.#tape.some(others, 3)];
      return `[${[...new Set(all)].map((name) => `"${name}"`).join(", ")}]`;
    }).join(", ");
  }

  #mask(named: string, odds: number, nullable: boolean): string[] {
    if (!this.#tape.once(odds)) return [];
    if (this.#tape.once(4))
      return [
        `@purpose(${this.#tape.pick([`allow: ["x"]`, `deny: ["y"]`, `allow: ["x", "y"], deny: ["y"]`])})`,
      ].filter(() => named !== "JSON");
    const texts = ["DEFAULT", "REDACT", "HASH", "FIRST_N, n: 2"];
    const fitting =
      named === "String"
        ? texts
        : named === "ID"
          ? texts
          : named === "Int"
            ? ["ROUND, to: 100.0", "DEFAULT"]
            : named === "JSON"
              ? ["REDACT"]
              : [];
    const [first, ...others] = [...(nullable ? ["NULLIFY"] : []), ...fitting];
    if (first === undefined) return [];
    const unless = this.#tape.pick([
      "",
      `, unlessScopes: ["a"]`,
      `, unlessScopes: ["b", "c"]`,
      `, unlessPurposes: ["x"]`,
      `, unlessPolicies: ["p"]`,
    ]);
    return [`@mask(strategy: ${this.#tape.pick([first, ...others])}${unless})`];
  }

  /** The rules as directive nodes, under this subgraph's names. */
  #applied(rules: readonly string[]): ConstDirectiveNode[] {
    const renamed = rules.map((rule) =>
      rule.replace(/^@(\w+)/, (_, name: string) => `@${this.#nameOf(name)}`),
    );
    const [type] = parse(`type X ${renamed.join(" ")} { f: Int }`, { noLocation: true }).definitions;
    return type?.kind === Kind.OBJECT_TYPE_DEFINITION ? [...(type.directives ?? [])] : [];
  }

  #nameOf(directive: string): string {
    const known = this.#names.get(directive);
    if (known !== undefined) return known;
    const spec = FEDERATION.includes(directive) ? "federation" : "governance";
    if (spec === "governance" && !GOVERNANCE.includes(directive)) throw new TypeError(directive);
    const style = this.#tape.below(3);
    const name = style === 0 ? directive : style === 1 ? `my_${directive}` : `${spec}__${directive}`;
    if (style === 0) this.#imports[spec].push(`"@${directive}"`);
    if (style === 1) this.#imports[spec].push(`{ name: "@${directive}", as: "@${name}" }`);
    this.#names.set(directive, name);
    return name;
  }
}

function isMoment(field: FieldDefinitionNode): boolean {
  return (
    field.arguments?.length === 0 &&
    namedOf(field.type) === "Int" &&
    field.type.kind !== Kind.LIST_TYPE &&
    !print(field.type).startsWith("[")
  );
}

function canBeNull(type: TypeNode): boolean {
  const text = print(type);
  return !text.endsWith("!") || (text.startsWith("[") && !text.endsWith("!]!"));
}
