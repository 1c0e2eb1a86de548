/** A type as introspection names it where it is used. */
interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType?: TypeRef | null;
}

interface Input {
  readonly name: string;
  readonly defaultValue: string | null;
  readonly type: TypeRef;
}

interface Member {
  readonly name: string;
  readonly args: readonly Input[];
  readonly type: TypeRef;
}

interface KnownType {
  readonly kind: string;
  readonly name: string;
  readonly fields: readonly Member[] | null;
  readonly inputFields: readonly Input[] | null;
  readonly enumValues: readonly { readonly name: string }[] | null;
  readonly possibleTypes: readonly { readonly name: string }[] | null;
}

/** What introspection tells, as far as a query needs it. */
export interface KnownSchema {
  readonly queryType: { readonly name: string };
  readonly mutationType: { readonly name: string } | null;
  readonly types: readonly KnownType[];
}

/** One step on the way to a field: a field, or a narrowing to a type. */
interface Step {
  readonly text: string;
  readonly to: string;
}

/**
 * The shortest operation that holds a field, with placeholders for the arguments that have to be given; null where no way
 * leads there.
 *
 * @param coordinate such as `Customer.email`
 */
export function queryForField(schema: KnownSchema, coordinate: string): string | null {
  const types = new Map(schema.types.map((type) => [type.name, type]));
  const [parent = "", name = ""] = coordinate.split(".");
  const field = types.get(parent)?.fields?.find((member) => member.name === name);
  if (!field) return null;
  const isMutation = parent === schema.mutationType?.name;
  const way = isMutation ? [] : wayTo(parent, schema.queryType.name, types);
  if (way === null) return null;
  const lines = [...way.map(({ text }) => text), callOf(field, types)];
  const leaf = leafOf(namedType(field.type), types);
  const all = leaf === null ? lines : [...lines, leaf];
  const opening = `${isMutation ? "mutation" : "query"} Explain${parent}${name.charAt(0).toUpperCase()}${name.slice(1)} {`;
  return nest([opening, ...all.map((line, index) => (index < all.length - 1 ? `${line} {` : line))]);
}

/** The first way found is a shortest one: breadth first, what needs nothing before what needs arguments. */
function wayTo(wanted: string, from: string, types: ReadonlyMap<string, KnownType>): readonly Step[] | null {
  const ways = new Map<string, readonly Step[]>([[from, []]]);
  // Grows while it is walked.
  for (const [name, way] of ways) {
    if (name === wanted) return way;
    for (const step of stepsFrom(types.get(name), types))
      if (!ways.has(step.to)) ways.set(step.to, [...way, step]);
  }
  return null;
}

function stepsFrom(type: KnownType | undefined, types: ReadonlyMap<string, KnownType>): readonly Step[] {
  const members = (type?.fields ?? []).toSorted((a, b) => required(a.args).length - required(b.args).length);
  const fields = members.map((member) => ({ text: callOf(member, types), to: namedType(member.type) }));
  const narrowed = (type?.possibleTypes ?? []).map(({ name }) => ({ text: `... on ${name}`, to: name }));
  return [...fields, ...narrowed];
}

function callOf({ name, args }: Member, types: ReadonlyMap<string, KnownType>): string {
  const given = required(args).map((arg) => `${arg.name}: ${placeholder(arg.type, types, 0)}`);
  return given.length === 0 ? name : `${name}(${given.join(", ")})`;
}

function required(inputs: readonly Input[]): readonly Input[] {
  return inputs.filter(({ type, defaultValue }) => type.kind === "NON_NULL" && defaultValue === null);
}

const SCALARS: Readonly<Record<string, string>> = {
  Int: "1",
  Float: "1",
  Boolean: "true",
  DateTime: '"2026-01-01T00:00:00Z"',
  Date: '"2026-01-01"',
};

/** Something of the type, to be replaced by what is meant. */
function placeholder(type: TypeRef, types: ReadonlyMap<string, KnownType>, depth: number): string {
  if (type.ofType && type.kind === "NON_NULL") return placeholder(type.ofType, types, depth);
  if (type.ofType) return `[${placeholder(type.ofType, types, depth)}]`;
  const known = types.get(type.name ?? "");
  const [first] = known?.enumValues ?? [];
  if (first) return first.name;
  if (known?.inputFields && depth < MAX_DEPTH) {
    const fields = required(known.inputFields);
    return `{ ${fields.map((field) => `${field.name}: ${placeholder(field.type, types, depth + 1)}`).join(", ")} }`;
  }
  return SCALARS[type.name ?? ""] ?? '"1"';
}

/** Inputs may hold themselves. */
const MAX_DEPTH = 5;

/** What to select of an object: its id, or else the first value that needs nothing; null for values. */
function leafOf(name: string, types: ReadonlyMap<string, KnownType>): string | null {
  const type = types.get(name);
  if (!type || type.kind === "SCALAR" || type.kind === "ENUM") return null;
  const values = (type.fields ?? []).filter(
    (member) =>
      required(member.args).length === 0 &&
      ["SCALAR", "ENUM"].includes(types.get(namedType(member.type))?.kind ?? ""),
  );
  return (values.find((member) => member.name === "id") ?? values[0])?.name ?? "__typename";
}

function namedType(type: TypeRef): string {
  return type.ofType ? namedType(type.ofType) : (type.name ?? "");
}

/** Lines, each within the one before. */
function nest(lines: readonly string[]): string {
  const inner = lines.map((line, depth) => `${"  ".repeat(depth)}${line}\n`);
  const ends = lines.slice(1).map((_, index) => `${"  ".repeat(lines.length - 2 - index)}}\n`);
  return [...inner, ...ends].join("");
}
