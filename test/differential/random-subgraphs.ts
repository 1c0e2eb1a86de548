import type { Tape } from "./tape.ts";

/** One random supergraph: SDL per subgraph. What its fields return is a function of names, see `world.ts`. */
export interface RandomSubgraphs {
  readonly subgraphs: readonly { readonly name: string; readonly sdl: string }[];
}

const SUBGRAPHS = ["a", "b", "c", "d"] as const;
const LEAVES = ["String", "Int", "Boolean", "ID", "Float", "Color", "JSON"] as const;
const WRAPPERS: readonly [string, ...string[]] = ["T", "T!", "[T]", "[T!]", "[T!]!", "[[T]]", "[[T!]!]!"];
const KEYS: readonly [string[], ...string[][]] = [
  ["id"],
  ["code"],
  ["id", "code"],
  ["id code"],
  ["ref { code }"],
  ["id", "ref { code }"],
];
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7",
  import: ["@key", "@shareable", "@external", "@requires", "@provides", "@interfaceObject"])`;
const VALUE_TYPES = `scalar JSON
enum Color { RED GREEN BLUE }
type Ref @shareable { code: ID! }
type V0 @shareable { amount: Int unit: String! nested: V1 list: [V1!] }
type V1 @shareable { label: String deep: [[V2]] }
type V2 @shareable { x: Int! }`;

interface Entity {
  readonly name: string;
  /** Subgraphs it lives in, with the keys it has there. */
  readonly homes: ReadonlyMap<string, readonly string[]>;
  /** Whether all homes know all fields that keys are made of. */
  readonly fullKeys: boolean;
  readonly hasInterface: boolean;
  /** Lines of SDL per home. */
  readonly lines: ReadonlyMap<string, string[]>;
}

/** A field that a `@requires` may read. */
interface Required {
  readonly name: string;
  /** As declared; empty where it takes none. */
  readonly args: string;
  readonly type: string;
}

/**
 * Draws entities with one or more keys in several subgraphs, value types, interfaces, unions, an interface object,
 * `@requires` (also chained, of objects and with arguments), `@provides`, `@shareable`, arguments and lists of lists. Not
 * everything drawn composes.
 */
export function drawSubgraphs(tape: Tape): RandomSubgraphs {
  const names = SUBGRAPHS.slice(0, 2 + tape.below(3));
  const entities = Array.from({ length: 2 + tape.below(3) }, (_, index) =>
    drawEntity(tape, `E${index}`, names),
  );
  const writer = new SdlWriter(tape, names, entities);
  return { subgraphs: names.map((name) => ({ name, sdl: writer.write(name) })) };
}

function drawEntity(tape: Tape, name: string, names: readonly string[]): Entity {
  const homes = new Map<string, readonly string[]>();
  names.forEach((subgraph, index) => {
    if (index === 0 || !tape.once(3)) homes.set(subgraph, tape.pick(KEYS));
  });
  const lines = new Map(names.map((subgraph): [string, string[]] => [subgraph, []]));
  return { name, homes, fullKeys: !tape.once(4), hasInterface: tape.once(2), lines };
}

class SdlWriter {
  readonly #tape: Tape;
  readonly #entities: readonly Entity[];
  /** The subgraph that has the interface as an object, or null. */
  readonly #interfaceObject: string | null;
  /** Whether the interface has a field that returns it: planning gets slow where many subgraphs have it. */
  readonly #recursive: boolean;
  #fields = 0;

  constructor(tape: Tape, names: readonly string[], entities: readonly Entity[]) {
    this.#tape = tape;
    this.#entities = entities;
    this.#recursive = names.length === 2;
    const last = names.at(-1) ?? "";
    const implementing = entities.filter(({ hasInterface }) => hasInterface);
    const apart = implementing.length > 0 && implementing.every(({ homes }) => !homes.has(last));
    this.#interfaceObject = apart ? last : null;
    for (const entity of entities) for (const [home] of entity.homes) this.#drawFields(entity, home);
  }

  write(subgraph: string): string {
    const own = this.#entities.filter(({ homes }) => homes.has(subgraph));
    const parts = [LINK, VALUE_TYPES, ...own.map((entity) => this.#entitySdl(entity, subgraph))];
    if (this.#interfaceObject === subgraph) {
      const fields = `${this.#nextName()}: String ${this.#nextName()}: V0`;
      parts.push(`type I0 @interfaceObject @key(fields: "id") { id: ID! ${fields} }`);
    } else if (own.some(({ hasInterface }) => hasInterface)) {
      const keyed = this.#interfaceObject === null ? "" : ` @key(fields: "id")`;
      parts.push(`interface I0${keyed} { id: ID! tag: String ${this.#recursive ? "self: I0" : ""} }`);
    }
    if (own.length > 1) parts.push(`union U0 = ${own.map(({ name }) => name).join(" | ")}`);
    parts.push(this.#rootSdl(subgraph, own));
    return parts.join("\n");
  }

  #drawFields(entity: Entity, home: string): void {
    const lines = entity.lines.get(home) ?? [];
    let required: Required | null = null;
    for (let count = 1 + this.#tape.below(3); count > 0; count -= 1) {
      const name = this.#nextName();
      const type = this.#wrap(this.#tape.once(5) ? "V0" : this.#tape.pick(LEAVES), 3);
      const args = this.#tape.once(4) ? "(n: Int = 3, s: String)" : "";
      lines.push(`${name}${args}: ${type} @shareable`);
      // What is required is nullable: a non-null one that fails takes its neighbours along, in one subgraph.
      if (!type.endsWith("!")) required = { name, args, type };
    }
    for (let count = this.#tape.below(3); count > 0; count -= 1) {
      const args = this.#tape.once(5) ? "(n: Int = 3)" : "";
      lines.push(`${this.#nextName()}${args}: ${this.#wrap(this.#tape.pick(this.#compositesIn(home)), 1)}`);
    }
    if (required !== null) this.#drawRequires(entity, home, required);
  }

  /** A field in other homes that needs this one; sometimes one more that needs that field in turn. */
  #drawRequires(entity: Entity, owner: string, required: Required): void {
    let needed = required;
    for (const [home] of entity.homes) {
      if (home === owner || !this.#tape.once(3)) continue;
      const name = `r${this.#nextName()}`;
      const lines = entity.lines.get(home);
      const below = needed.type.includes("V0") ? " { unit nested { label } }" : "";
      const selection = `${needed.name}${needed.args === "" ? "" : "(n: 2)"}${below}`;
      lines?.push(
        `${needed.name}${needed.args}: ${needed.type} @external`,
        `${name}: String @requires(fields: "${selection}")`,
      );
      if (!this.#tape.once(2)) return;
      needed = { name, args: "", type: "String" };
    }
  }

  /** Composite types that a subgraph can return. */
  #compositesIn(subgraph: string): [string, ...string[]] {
    const entities = this.#entities.filter(({ homes }) => homes.has(subgraph));
    const hasInterface = entities.some((entity) => entity.hasInterface) || this.#interfaceObject === subgraph;
    return [
      "V0",
      ...entities.map(({ name }) => name),
      ...(hasInterface ? ["I0"] : []),
      ...(entities.length > 1 ? ["U0"] : []),
    ];
  }

  #entitySdl(entity: Entity, subgraph: string): string {
    const { name, homes, fullKeys, hasInterface, lines } = entity;
    const keys = homes.get(subgraph) ?? ["id"];
    const all = hasInterface && this.#interfaceObject !== null ? new Set(["id", ...keys]) : new Set(keys);
    const fields = ["id: ID! @shareable", ...(lines.get(subgraph) ?? [])];
    if (fullKeys || keys.some((key) => /^(?:id )?code/.test(key))) fields.push("code: ID! @shareable");
    if (fullKeys || keys.some((key) => key.startsWith("ref"))) fields.push("ref: Ref! @shareable");
    if (hasInterface)
      fields.push("tag: String @shareable", ...(this.#recursive ? ["self: I0 @shareable"] : []));
    const keyed = [...all].map((key) => `@key(fields: "${key}")`).join(" ");
    return `type ${name}${hasInterface ? " implements I0" : ""} ${keyed} {\n  ${fields.join("\n  ")}\n}`;
  }

  #rootSdl(subgraph: string, own: readonly Entity[]): string {
    const entityFields = own.map(
      ({ name }) =>
        `${this.#rootName(subgraph)}(n: Int = 1): ${this.#wrap(name, 1)}${this.#provides(name, subgraph)}`,
    );
    const otherFields = this.#tape
      .some(this.#compositesIn(subgraph), 2)
      .map((type) => `${this.#rootName(subgraph)}: ${this.#wrap(type, 1)}`);
    const query = `type Query {\n  ${["shared: Int @shareable", ...entityFields, ...otherFields].join("\n  ")}\n}`;
    const mutations = own.map(({ name }) => `${this.#rootName(subgraph)}(n: Int): ${name}`);
    return mutations.length > 0 ? `${query}\ntype Mutation {\n  ${mutations.join("\n  ")}\n}` : query;
  }

  /** `@provides` of an external leaf of the returned entity, where one was drawn. */
  #provides(entity: string, subgraph: string): string {
    const lines = this.#entities.find(({ name }) => name === entity)?.lines.get(subgraph) ?? [];
    const external = lines.find((line) => /^f[^(]*@external$/.test(line) && !line.includes("V0"));
    return external && this.#tape.once(2) ? ` @provides(fields: "${external.replace(/:.*/s, "")}")` : "";
  }

  /** The type, once in `odds` times as it is and else as list, non-null and so on. */
  #wrap(type: string, odds: number): string {
    const wrapper = this.#tape.once(odds) ? this.#tape.pick(WRAPPERS) : "T";
    return wrapper.replace("T", type);
  }

  #nextName(): string {
    this.#fields += 1;
    return `f${this.#fields}`;
  }

  #rootName(subgraph: string): string {
    return `${subgraph}${this.#nextName()}`;
  }
}
