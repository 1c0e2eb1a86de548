import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  parse,
  validate,
} from "graphql";
import type { Operation } from "./federate.ts";
import type { Tape } from "./tape.ts";

/**
 * Draws an operation over a schema: aliases, arguments as literals and variables, inline and named fragments on object
 * and abstract types, `__typename`, `@skip` and `@include`. Null where the draw is not a valid operation.
 */
export function drawOperation(schema: GraphQLSchema, tape: Tape): Operation | null {
  const writer = new OperationWriter(schema, tape);
  const operation = writer.write();
  return validate(schema, parse(operation.query)).length === 0 ? operation : null;
}

const MAX_DEPTH = 6;

class OperationWriter {
  readonly #schema: GraphQLSchema;
  readonly #tape: Tape;
  readonly #fragments: string[] = [];
  readonly #variables = new Map<string, { readonly type: string; readonly value: unknown }>();
  #budget = 60;

  constructor(schema: GraphQLSchema, tape: Tape) {
    this.#schema = schema;
    this.#tape = tape;
  }

  write(): Operation {
    const kind = this.#schema.getMutationType() && this.#tape.once(8) ? "mutation" : "query";
    const root = this.#schema.getRootType(kind as never);
    if (!root) throw new TypeError("every drawn schema has a query type");
    const selection = this.#selection(root, 0);
    const declared = [...this.#variables].map(([name, { type }]) => `$${name}: ${type}`).join(", ");
    const name = this.#tape.once(2) ? " Op" : "";
    const query = `${kind}${name}${declared === "" ? "" : `(${declared})`} ${selection}\n${this.#fragments.join("\n")}`;
    const values = [...this.#variables].filter(([, { value }]) => value !== undefined);
    return { query, variables: Object.fromEntries(values.map(([key, { value }]) => [key, value])) };
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    for (let count = 1 + this.#tape.below(depth === 0 ? 3 : 4); count > 0; count -= 1) {
      const part = this.#part(type, depth);
      if (part !== null) parts.push(part);
    }
    if (parts.length === 0) parts.push(this.#leaf(type));
    return `{ ${parts.join(" ")} }`;
  }

  #part(type: GraphQLCompositeType, depth: number): string | null {
    this.#budget -= 1;
    const choice = this.#tape.below(8);
    if (choice >= 6 && depth < MAX_DEPTH && this.#budget > 0)
      return this.#fragment(type, depth, choice === 7);
    if (choice === 5 || isUnionType(type)) {
      return `${this.#tape.once(3) ? "kind: " : ""}__typename${this.#condition()}`;
    }
    const fields = Object.values(type.getFields()).filter(
      (field) => !isDeep(field) || (depth < MAX_DEPTH && this.#budget > 0),
    );
    const [first, ...others] = fields;
    return first ? this.#field(this.#tape.pick([first, ...others]), depth) : null;
  }

  #leaf(type: GraphQLCompositeType): string {
    const field = isUnionType(type)
      ? undefined
      : Object.values(type.getFields()).find((item) => !isDeep(item));
    return field?.name ?? "__typename";
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = field.args.flatMap((arg) =>
      this.#tape.once(2) ? [`${arg.name}: ${this.#argument(arg.name)}`] : [],
    );
    const named = getNamedType(field.type);
    // An alias says what it stands for, so that equal response keys have equal meaning.
    const suffix = args.join("_").replace(/[^A-Za-z0-9]+/g, "_");
    const alias = suffix !== "" || this.#tape.once(6) ? `x${field.name}${suffix}: ` : "";
    const below = isCompositeType(named) ? ` ${this.#selection(named, depth + 1)}` : "";
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""}${this.#condition()}${below}`;
  }

  #argument(name: string): string {
    if (this.#tape.once(2)) {
      const variable = `${name}${this.#tape.below(2)}`;
      const value = name === "n" ? this.#tape.below(3) : this.#tape.pick(["a", 'b"\n', "é"]);
      this.#variables.set(variable, {
        type: name === "n" ? "Int" : "String",
        value: this.#tape.once(4) ? undefined : value,
      });
      return `$${variable}`;
    }
    return name === "n" ? String(this.#tape.below(3)) : JSON.stringify(this.#tape.pick(["a", 'b"\n', ""]));
  }

  #condition(): string {
    if (!this.#tape.once(8)) return "";
    const directive = this.#tape.pick(["include", "skip"]);
    if (this.#tape.once(3)) return ` @${directive}(if: ${this.#tape.once(2)})`;
    const variable = `if${this.#tape.below(3)}`;
    if (!this.#variables.has(variable))
      this.#variables.set(variable, { type: "Boolean!", value: !this.#tape.once(2) });
    return ` @${directive}(if: $${variable})`;
  }

  #fragment(type: GraphQLCompositeType, depth: number, named: boolean): string {
    const condition = this.#tape.pick(this.#overlapping(type));
    const selection = this.#selection(condition, depth + 1);
    if (!named) {
      const on = condition === type && this.#tape.once(2) ? "" : ` on ${condition.name}`;
      return `...${on}${this.#condition()} ${selection}`;
    }
    const name = `F${this.#fragments.length}_${condition.name}`;
    this.#fragments.push(`fragment ${name} on ${condition.name} ${selection}`);
    return `...${name}${this.#condition()}`;
  }

  /** Types that a value of this type may also be of, itself first. */
  #overlapping(type: GraphQLCompositeType): [GraphQLCompositeType, ...GraphQLCompositeType[]] {
    const possible = new Set(this.#possible(type));
    const others = Object.values(this.#schema.getTypeMap()).filter(
      (other): other is GraphQLCompositeType =>
        isCompositeType(other) && other !== type && this.#possible(other).some((name) => possible.has(name)),
    );
    return [type, ...others];
  }

  #possible(type: GraphQLCompositeType): readonly string[] {
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  }
}

function isDeep(field: GraphQLField<unknown, unknown>): boolean {
  return isCompositeType(getNamedType(field.type));
}
