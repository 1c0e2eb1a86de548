import { createHash } from "node:crypto";
import {
  type DocumentNode,
  execute,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from "graphql";
import { identify, type Source, type Temper, type World } from "../world.ts";
import type { WrittenRule, WrittenRules } from "./read-rules.ts";

/** Who asks, as plainly as possible. */
export interface Identity {
  readonly authenticated: boolean;
  readonly scopes: readonly string[];
  readonly policies: readonly string[];
  readonly purpose: string | null;
  readonly claims: Readonly<Record<string, readonly string[]>>;
}

export interface Expected {
  readonly data: unknown;
  /** `path CODE coordinate`, one for each refused path. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Names of fields that no subgraph may be asked for. */
  readonly unasked: ReadonlySet<string>;
}

export interface OracleInput {
  readonly schema: GraphQLSchema;
  readonly rules: WrittenRules;
  readonly world: World;
  readonly temper: Temper;
  readonly identity: Identity;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The slow and simple judge: expands the operation until there are no fragments left, judges each field from what the
 * subgraphs wrote, and executes the whole over one schema with refused fields null. Shares nothing with
 * the gateway.
 */
export async function expectedAnswer(input: OracleInput): Promise<Expected> {
  return new Oracle(input).answer();
}

/** A field as written in one place of the expanded operation. */
interface Written {
  readonly node: FieldNode;
  /** The type that the place is on. */
  readonly parent: string;
  readonly path: readonly string[];
  readonly refusal: string | null;
  /** Refused, below something refused, or with nothing left below. */
  isWithheld: boolean;
}

class Oracle {
  readonly #in: OracleInput;
  readonly #written = new Map<FieldNode, Written>();
  readonly #refusals = new Map<string, string>();

  constructor(input: OracleInput) {
    this.#in = input;
  }

  async answer(): Promise<Expected> {
    const operation = this.#in.document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    const root = operation && this.#in.schema.getRootType(operation.operation);
    if (!operation || !root) throw new TypeError("no operation");
    const selections = this.#expand(operation.selectionSet.selections, root.name, [], false);
    const expanded: OperationDefinitionNode = {
      ...operation,
      selectionSet: { kind: Kind.SELECTION_SET, selections },
    };
    const isEmpty = selections.length > 0 && this.#allWithheld(selections);
    return {
      data: isEmpty ? null : await this.#execute(expanded),
      refusals: this.#refusals,
      unasked: this.#unasked(),
    };
  }

  /** Conditions evaluated, named fragments replaced by what they stand for, every node a new one. */
  #expand(
    nodes: readonly SelectionNode[],
    parent: string,
    path: readonly string[],
    isBelow: boolean,
  ): SelectionNode[] {
    return nodes.flatMap((node): SelectionNode[] => {
      if (!this.#isIncluded(node)) return [];
      if (node.kind === Kind.FIELD) return [this.#field(node, parent, path, isBelow)];
      const source: FragmentDefinitionNode | typeof node | undefined =
        node.kind === Kind.INLINE_FRAGMENT
          ? node
          : this.#in.document.definitions.find(
              (item): item is FragmentDefinitionNode =>
                item.kind === Kind.FRAGMENT_DEFINITION && item.name.value === node.name.value,
            );
      if (!source || !("selectionSet" in source)) throw new TypeError("no fragment");
      const type = source.typeCondition?.name.value ?? parent;
      const selections = this.#expand(source.selectionSet.selections, type, path, isBelow);
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
          selectionSet: { kind: Kind.SELECTION_SET, selections },
        },
      ];
    });
  }

  #field(source: FieldNode, parent: string, above: readonly string[], isBelow: boolean): FieldNode {
    const name = source.name.value;
    const path = [...above, source.alias?.value ?? name];
    const refusal = name.startsWith("__") ? null : this.#refusal(parent, name, source);
    const type = this.#in.schema.getType(parent);
    const returned = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name]?.type : undefined;
    const isGone = isBelow || refusal !== null;
    const selections =
      source.selectionSet && returned
        ? this.#expand(source.selectionSet.selections, getNamedType(returned).name, path, isGone)
        : null;
    const node: FieldNode = {
      kind: Kind.FIELD,
      name: source.name,
      ...(source.alias ? { alias: source.alias } : {}),
      ...(source.arguments ? { arguments: source.arguments } : {}),
      ...(selections ? { selectionSet: { kind: Kind.SELECTION_SET, selections } } : {}),
    };
    const isWithheld =
      isGone || (selections !== null && selections.length > 0 && this.#allWithheld(selections));
    this.#written.set(node, { node, parent, path, refusal, isWithheld });
    const key = path.join(".");
    if (refusal !== null && !isBelow && !this.#refusals.has(key))
      this.#refusals.set(key, `${refusal} ${parent}.${name}`);
    return node;
  }

  /** Nothing of it may be delivered; what is empty from the start is no such thing. */
  #allWithheld(nodes: readonly SelectionNode[]): boolean {
    return nodes.every((node) => {
      if (node.kind === Kind.FIELD) return this.#written.get(node)?.isWithheld ?? false;
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet.selections : [];
      return inner.length > 0 && this.#allWithheld(inner);
    });
  }

  #isIncluded(node: SelectionNode): boolean {
    return (node.directives ?? []).every(({ name, arguments: [argument] = [] }) => {
      const value = argument?.value;
      const holds =
        value?.kind === Kind.VARIABLE
          ? this.#in.variables[value.name.value] === true
          : value?.kind === Kind.BOOLEAN && value.value;
      return name.value === "skip" ? !holds : holds === true;
    });
  }

  /** Names of fields refused wherever they stand, that nothing else needs either. */
  #unasked(): ReadonlySet<string> {
    const all = [...this.#written.values()];
    const asked = new Set(all.filter((item) => !item.isWithheld).map((item) => item.node.name.value));
    return new Set(
      all
        .filter((item) => item.isWithheld)
        .map((item) => item.node.name.value)
        .filter((name) => /^(f|[abcd]f)\d+$/.test(name) && !asked.has(name)),
    );
  }

  // --- rules ------------------------------------------------------------------------------------------

  /** The code that refuses a field on a type, or null. */
  #refusal(type: string, field: string, node: FieldNode): string | null {
    const verdicts = this.#fieldRules(type, field).flatMap((rule) => this.#judge(rule) ?? []);
    const codes = ORDER.flatMap((name) => verdicts.filter((item) => item.name === name));
    // Of two stages of life the later one counts.
    const isRetired = codes[0]?.name === "lifecycle" && codes.some(({ code }) => code === "FIELD_RETIRED");
    const own = isRetired ? "FIELD_RETIRED" : (codes[0]?.code ?? null);
    return own ?? (this.#searches(type, field, node) ? "UNAUTHORIZED_ARGUMENT" : null);
  }

  #fieldRules(type: string, field: string): readonly WrittenRule[] {
    const { rules } = this.#in;
    if (this.#isInterface(type)) {
      const objects = rules.objectsOf(type).flatMap((name) => this.#fieldRules(name, field));
      return [
        ...rules.at(type),
        ...rules.at(`${type}.${field}`),
        ...this.#returnRules(type, field),
        ...objects.filter((rule) => rule.name !== "lifecycle"),
      ];
    }
    const interfaces = rules.interfacesOf(type).map((name) => rules.at(`${name}.${field}`));
    return [
      ...this.#typeRules(type),
      ...rules.at(`${type}.${field}`),
      ...interfaces.flat(),
      ...this.#returnRules(type, field),
    ];
  }

  #returnRules(type: string, field: string): readonly WrittenRule[] {
    const owner = this.#in.schema.getType(type);
    const returned =
      isObjectType(owner) || isInterfaceType(owner) ? owner.getFields()[field]?.type : undefined;
    return returned ? this.#typeRules(getNamedType(returned).name) : [];
  }

  #typeRules(type: string): readonly WrittenRule[] {
    const { rules } = this.#in;
    if (rules.isUnion(type)) return [];
    if (this.#isInterface(type))
      return [
        ...rules.at(type),
        ...rules
          .objectsOf(type)
          .flatMap((name) => this.#typeRules(name))
          .filter((rule) => rule.name !== "lifecycle"),
      ];
    return [...rules.at(type), ...rules.interfacesOf(type).flatMap((name) => rules.at(name))];
  }

  #isInterface(type: string): boolean {
    return isInterfaceType(this.#in.schema.getType(type));
  }

  #judge({ name, args }: WrittenRule): { readonly name: string; readonly code: string } | null {
    const { authenticated, scopes, policies, purpose } = this.#in.identity;
    const refuse = (code: string) => ({ name, code });
    const meets = (lists: unknown, held: readonly string[]) =>
      (lists as string[][]).some((all) => all.every((item) => held.includes(item)));
    const anonymous = authenticated ? "UNAUTHORIZED_FIELD_OR_TYPE" : "UNAUTHENTICATED";
    switch (name) {
      case "authenticated":
        return authenticated ? null : refuse("UNAUTHENTICATED");
      case "requiresScopes":
        return meets(args.scopes, authenticated ? scopes : []) ? null : refuse(anonymous);
      case "policy":
        return meets(args.policies, policies) ? null : refuse("UNAUTHORIZED_FIELD_OR_TYPE");
      case "purpose": {
        const allowed = (args.allow as string[] | undefined)?.includes(purpose ?? "") ?? true;
        const denied = (args.deny as string[] | undefined)?.includes(purpose ?? "") ?? false;
        return purpose !== null && allowed && !denied ? null : refuse("UNAUTHORIZED_FIELD_OR_TYPE");
      }
      case "lifecycle":
        if (args.status === "RETIRED") return refuse("FIELD_RETIRED");
        return authenticated && scopes.includes("lifecycle:draft") ? null : refuse(anonymous);
      default:
        return null;
    }
  }

  /** Whether an argument in use searches by a field that the caller does not see as it is. */
  #searches(type: string, field: string, node: FieldNode): boolean {
    const owner = this.#in.schema.getType(type);
    if (!isObjectType(owner)) return false;
    return (owner.getFields()[field]?.args ?? []).some((arg) => {
      const value = node.arguments?.find((item) => item.name.value === arg.name)?.value;
      const isGiven = value && (value.kind !== Kind.VARIABLE || value.name.value in this.#in.variables);
      if (!isGiven && arg.defaultValue === undefined) return false;
      const revealed = this.#in.rules
        .at(`${type}.${field}(${arg.name}:)`)
        .flatMap(({ args }) => args.fields as string[]);
      return revealed.some((coordinate) => {
        const [revealedType = "", revealedField = ""] = coordinate.split(".");
        return (
          this.#fieldRules(revealedType, revealedField).some((rule) => this.#judge(rule) !== null) ||
          this.#masks(revealedType, revealedField).length > 0
        );
      });
    });
  }

  #masks(type: string, field: string): readonly WrittenRule[] {
    const { scopes, policies, purpose } = this.#in.identity;
    return this.#fieldRules(type, field).filter(({ name, args }) => {
      const has = (list: unknown, held: readonly string[]) =>
        ((list as string[] | undefined) ?? []).some((item) => held.includes(item));
      return (
        name === "mask" &&
        !has(args.unlessScopes, scopes) &&
        !has(args.unlessPolicies, policies) &&
        !has(args.unlessPurposes, purpose === null ? [] : [purpose])
      );
    });
  }

  // --- data -------------------------------------------------------------------------------------------

  async #execute(operation: OperationDefinitionNode): Promise<unknown> {
    const { schema, variables, temper } = this.#in;
    const { data } = await execute({
      schema,
      document: { kind: Kind.DOCUMENT, definitions: [operation] },
      variableValues: variables,
      contextValue: temper,
      fieldResolver: (source, args, _context, info) => this.#resolve(source, args, info),
      typeResolver: (value) => identify(value as Source).type,
    });
    return JSON.parse(JSON.stringify(data ?? null));
  }

  #resolve(source: Source | undefined, args: object, info: GraphQLResolveInfo): unknown {
    const { world, temper } = this.#in;
    if (info.fieldNodes.every((node) => this.#written.get(node)?.isWithheld)) return null;
    const { name } = info.parentType;
    const rules = this.#fieldRules(name, info.fieldName);
    const own = [...this.#in.rules.at(`${name}.${info.fieldName}`)];
    if (own.some((rule) => rule.name === "retention" && !this.#isKept(source, name, rule))) return null;
    const value = world.resolveField(source, { ...args }, temper, info);
    if (!rules.some((rule) => rule.name === "mask")) return this.#withoutHidden(value);
    const masks = this.#masks(name, info.fieldName);
    return masks.length === 0 ? value : maskValue(value, masks, info.returnType);
  }

  /** Hidden objects leave lists, and are null elsewhere. */
  #withoutHidden(value: unknown): unknown {
    if (Array.isArray(value))
      return value.filter((item) => !this.#isHidden(item)).map((item) => this.#withoutHidden(item));
    return this.#isHidden(value) ? null : value;
  }

  #isHidden(value: unknown): boolean {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Error)
      return false;
    const { type } = identify(value as Source);
    return this.#in.rules.at(type).some((rule) => {
      if (rule.name === "retention") return !this.#isKept(value as Source, type, rule);
      if (rule.name !== "rowFilter") return false;
      const raw = this.#raw(value as Source, type, String(rule.args.field));
      const held = this.#in.identity.claims[String(rule.args.claim)] ?? [];
      return raw === null || raw === undefined || !held.includes(String(raw));
    });
  }

  #isKept(source: Source | undefined, type: string, { args }: WrittenRule): boolean {
    const moment = source ? this.#raw(source, type, String(args.from)) : null;
    return typeof moment === "number" && moment >= this.#in.now - 86_400_000;
  }

  #raw(source: Source, typeName: string, field: string): unknown {
    const type = this.#in.schema.getType(typeName) as GraphQLObjectType;
    const definition = type.getFields()[field];
    if (!definition) throw new TypeError(`no ${typeName}.${field}`);
    const info = { parentType: type, fieldName: field, returnType: definition.type, schema: this.#in.schema };
    return this.#in.world.resolveField(source, {}, this.#in.temper, info as never);
  }
}

const ORDER = ["authenticated", "requiresScopes", "policy", "purpose", "lifecycle"];

/** From the strictest; two of one kind with different settings hide the value. */
const STRICTNESS = ["NULLIFY", "DEFAULT", "REDACT", "HASH", "ROUND", "FIRST_N"];

function maskValue(value: unknown, masks: readonly WrittenRule[], declared: GraphQLOutputType): unknown {
  const type = isNonNullType(declared) ? declared.ofType : declared;
  const strategies = [...new Set(masks.map(({ args }) => String(args.strategy)))];
  const strictest = STRICTNESS.find((item) => strategies.includes(item));
  if (value === null || value === undefined) return null;
  if (isListType(type))
    return strictest === "DEFAULT"
      ? []
      : (value as unknown[]).map((item) => maskValue(item, masks, type.ofType));
  if (strictest === "NULLIFY") return null;
  if (strictest === "DEFAULT") return typeof value === "number" ? 0 : "";
  if (strictest === "REDACT") return "[redacted]";
  if (strictest === "ROUND") return Math.round(Number(value) / 100) * 100;
  const text = String(value);
  const hash = createHash("sha256").update(text).digest("hex");
  if (strictest === "HASH") return hash;
  const letters = [...text];
  return letters.length <= 2 ? hash : letters.map((letter, at) => (at < 2 ? letter : "*")).join("");
}
