import {
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  type SelectionSetNode,
  type TypeNode,
  valueFromASTUntyped,
} from "graphql";

/** Which values are missing or fail. */
export interface Temper {
  /** Changes all values. */
  readonly seed: number;
  /** One nullable value in so many is null; 0 for none. */
  readonly nulls: number;
  /** One value in so many fails, also non-null ones; 0 for none. */
  readonly failures: number;
  /** One entity in so many is unknown to a subgraph although another refers to it, or fails there; 0 for none. */
  readonly unknown: number;
}

/** What resolvers get: subgraphs know required fields only from representations. */
export interface Context extends Temper {
  readonly strict?: boolean;
}

/** A value of a composite type: what identifies it, as a reference or as a representation has it. */
export type Source = Readonly<Record<string, unknown>>;

/**
 * The data behind all subgraphs: a value follows from the object's identity, the field's name and arguments, so that
 * subgraphs agree, and one schema over all of it gives what federation has to give. Field names
 * are unique within a supergraph.
 */
export class World {
  /** Object types that a field returning an abstract type gives, in the subgraph that has the field. */
  readonly #possible = new Map<string, readonly string[]>();
  /** External fields that a subgraph knows of what a field with `@provides` returns. */
  readonly #provided = new Map<string, readonly string[]>();
  /** What fields with `@requires` need. */
  readonly #required = new Map<string, SelectionSetNode>();

  constructor(sdls: readonly string[]) {
    const documents = sdls.map((sdl) => parse(sdl));
    const implementers = documents.flatMap((document) => membersOf(document, "I0"));
    for (const document of documents) this.#learn(document, [...new Set(implementers)].sort());
  }

  /** Resolves any field of any subgraph; in a {@link Context}. */
  readonly resolveField: GraphQLFieldResolver<Source | undefined, Context> = (source, args, temper, info) => {
    return this.#resolve(source, info.parentType.name, info.fieldName, args, info.returnType, temper, info);
  };

  #learn(document: DocumentNode, implementers: readonly string[]): void {
    for (const type of document.definitions) {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const field of type.fields ?? []) {
        const named = namedTypeOf(field.type);
        const members = membersOf(document, named).sort();
        if (members.length > 0) this.#possible.set(field.name.value, members);
        else if (named === "I0") this.#possible.set(field.name.value, implementers);
        const provides = argumentOf(field, "provides");
        if (provides !== null) this.#provided.set(field.name.value, [provides]);
        const requires = argumentOf(field, "requires");
        if (requires !== null) this.#required.set(field.name.value, selectionOf(requires));
      }
    }
  }

  #resolve(
    source: Source | undefined,
    parent: string,
    name: string,
    args: unknown,
    type: GraphQLOutputType,
    temper: Context,
    info: GraphQLResolveInfo,
  ): unknown {
    const { key } = source ? identify(source) : { key: `${parent}-0` };
    if (name === "id" || name === "code") return key;
    if (name === "ref") return { code: key };
    if (name === "self") return { id: key };
    const set = this.#required.get(name);
    const required = set ? this.#project(source ?? {}, set, temper, info) : "";
    const seed = [temper.seed, key, name, sortedJson(args), sortedJson(required)].join("|");
    return this.#value(type, seed, name, temper);
  }

  /**
   * What was required of an object: from the representation where it has it, else from the world itself (a subgraph
   * only knows of it what it provides), completed as a subgraph does: an object without a non-null value is null.
   */
  #project(source: Source, set: SelectionSetNode, temper: Context, info: GraphQLResolveInfo): unknown {
    const result: Record<string, unknown> = {};
    for (const node of set.selections) {
      if (node.kind !== Kind.FIELD) continue;
      const name = node.name.value;
      if (Object.hasOwn(source, name)) {
        result[name] = source[name];
        continue;
      }
      if (temper.strict && !providedOf(source).includes(name)) {
        result[name] = "was not sent";
        continue;
      }
      const type = this.#typeOf(source, name, info);
      const complete = (of: GraphQLOutputType, value: unknown): unknown => {
        if (isNonNullType(of)) return complete(of.ofType, value) ?? NOTHING;
        if (value === null || value instanceof Error) return null;
        if (isListType(of)) {
          const items = (value as unknown[]).map((item) => complete(of.ofType, item));
          return items.includes(NOTHING) ? null : items;
        }
        return node.selectionSet ? this.#project(value as Source, node.selectionSet, temper, info) : value;
      };
      const value = complete(type, this.#orNull(source, node, type, temper, info));
      if (value === NOTHING) return null;
      result[name] = value;
    }
    return result;
  }

  #orNull(
    source: Source,
    node: FieldNode,
    type: GraphQLOutputType,
    temper: Context,
    info: GraphQLResolveInfo,
  ): unknown {
    const args = (node.arguments ?? []).map((item) => [item.name.value, valueFromASTUntyped(item.value)]);
    try {
      return this.#resolve(source, "", node.name.value, Object.fromEntries(args), type, temper, info);
    } catch {
      return null;
    }
  }

  #typeOf(source: Source, name: string, info: GraphQLResolveInfo): GraphQLOutputType {
    const type = info.schema.getType(identify(source).type);
    const field = type && "getFields" in type ? type.getFields()[name] : undefined;
    if (!field || !("args" in field)) throw new TypeError(`the representation lacks ${name}`);
    return field.type;
  }

  #value(type: GraphQLOutputType, seed: string, name: string, temper: Temper): unknown {
    const hash = hashOf(seed);
    if (temper.failures > 0 && (hash >>> 3) % temper.failures === 0) throw new Error(`${name} failed`);
    if (!isNonNullType(type) && temper.nulls > 0 && (hash >>> 5) % temper.nulls === 0) return null;
    const inner = getNullableType(type);
    if (isListType(inner)) {
      return Array.from({ length: hash % 4 }, (_, index) =>
        this.#item(inner.ofType, `${seed}|${index}`, name, temper),
      );
    }
    const named = getNamedType(inner);
    if (isCompositeType(named)) return this.#composite(named.name, name, seed, hash);
    return isEnumType(named) ? ["RED", "GREEN", "BLUE"][hash % 3] : leafOf(named.name, hash);
  }

  /** Items fail by themselves, as errors inside of the list. */
  #item(type: GraphQLOutputType, seed: string, name: string, temper: Temper): unknown {
    try {
      return this.#value(type, seed, name, temper);
    } catch (error) {
      return error;
    }
  }

  #composite(typeName: string, name: string, seed: string, hash: number): Source {
    const possible = this.#possible.get(name) ?? [typeName];
    const chosen = possible[hash % possible.length] ?? typeName;
    if (chosen.startsWith("V")) return { value: `${chosen}-${hashOf(`${seed}|v`)}` };
    return { id: `${chosen}-${hash % 3}`, provided: this.#provided.get(name) };
  }
}

/** Stands for the null of a non-null type. */
const NOTHING = Symbol("nothing");

/** Keys say which object they are of: `id: "E0-1"`, `code: "E0-1"`, `ref: { code: "E0-1" }`. */
export function identify(source: Source): { readonly type: string; readonly key: string } {
  const { id, code, ref, value } = source as {
    id?: unknown;
    code?: unknown;
    ref?: { code?: unknown };
    value?: unknown;
  };
  const key = String(id ?? code ?? ref?.code ?? value);
  return { type: key.replace(/-.*/s, ""), key };
}

/** FNV-1a, 32 bits, mixed. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

/** Object types of an abstract type, as one subgraph knows them. */
function membersOf(document: DocumentNode, abstract: string): string[] {
  return document.definitions.flatMap((node) => {
    if (node.kind === Kind.UNION_TYPE_DEFINITION && node.name.value === abstract) {
      return (node.types ?? []).map(({ name }) => name.value);
    }
    const implementing =
      node.kind === Kind.OBJECT_TYPE_DEFINITION &&
      node.interfaces?.some(({ name }) => name.value === abstract);
    return implementing ? [node.name.value] : [];
  });
}

function argumentOf(field: FieldDefinitionNode, directive: string): string | null {
  const value = field.directives?.find(({ name }) => name.value === directive)?.arguments?.[0]?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}

function providedOf({ provided }: Source): readonly unknown[] {
  return Array.isArray(provided) ? provided : [];
}

function selectionOf(fields: string): SelectionSetNode {
  const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError("a selection is an operation");
  return definition.selectionSet;
}

function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function leafOf(type: string, hash: number): unknown {
  switch (type) {
    case "Int":
      return (hash % 2001) - 1000;
    case "Float":
      return hash / 7;
    case "Boolean":
      return hash % 2 === 0;
    case "JSON":
      return [{ a: hash % 5, b: ["x", null] }, "text", hash % 9, ["y"], true][hash % 5];
    default:
      return hash % 6 === 0 ? "" : `"${type}"\n${hash % 50}é`;
  }
}
