import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from "graphql";
import type { Tags } from "./read-tags.ts";

/** Which elements a contract shows, by their tags. */
export interface TagFilter {
  /** Where not empty: objects, interfaces, unions and their fields are shown only with one of these. */
  readonly include: readonly string[];
  /** Whatever has one of these is hidden, whatever else it has. */
  readonly exclude: readonly string[];
}

type FieldsType = GraphQLObjectType | GraphQLInterfaceType;

/**
 * The coordinates (`Type`, `Type.field`, `Type.field(arg:)`, `Enum.VALUE`) that a contract hides: by their tags,
 * and what cannot stay without them, such as fields of a hidden type, fields with a hidden argument that is
 * required, and fields of an interface that one of its objects hides.
 */
export function hiddenCoordinates(schema: GraphQLSchema, tags: Tags, filter: TagFilter): ReadonlySet<string> {
  const hidden = new HiddenCoordinates(schema, tags, filter);
  return hidden.settle();
}

class HiddenCoordinates {
  readonly #schema: GraphQLSchema;
  readonly #tags: Tags;
  readonly #filter: TagFilter;
  readonly #hidden = new Set<string>();
  readonly #types: readonly GraphQLNamedType[];

  constructor(schema: GraphQLSchema, tags: Tags, filter: TagFilter) {
    this.#schema = schema;
    this.#tags = tags;
    this.#filter = filter;
    this.#types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  }

  /** Each round hides what the round before left without what it needs, until nothing is. */
  settle(): ReadonlySet<string> {
    for (const type of this.#types) this.#hideByTags(type);
    for (let before = -1; before < this.#hidden.size; ) {
      before = this.#hidden.size;
      for (const type of this.#types) if (!this.#isHidden(type)) this.#hideWhatFollows(type);
    }
    return this.#hidden;
  }

  #hideByTags(type: GraphQLNamedType): void {
    if (this.#isExcluded(type.name)) this.#hidden.add(type.name);
    if (isUnionType(type) && !this.#isIncluded(type.name)) this.#hidden.add(type.name);
    if (isEnumType(type)) for (const { name } of type.getValues()) this.#hideExcluded(`${type.name}.${name}`);
    if (isInputObjectType(type))
      for (const name of Object.keys(type.getFields())) this.#hideExcluded(`${type.name}.${name}`);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      this.#hideExcluded(coordinate);
      if (!this.#isIncluded(coordinate) && !this.#isIncluded(type.name)) this.#hidden.add(coordinate);
      for (const { name } of field.args) this.#hideExcluded(`${coordinate}(${name}:)`);
    }
  }

  #hideWhatFollows(type: GraphQLNamedType): void {
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) this.#hideField(type, field);
      const names = Object.keys(type.getFields());
      const isUnseen =
        isInterfaceType(type) && this.#schema.getPossibleTypes(type).every((item) => this.#isHidden(item));
      if (isUnseen || this.#areHidden(type.name, names)) this.#hidden.add(type.name);
    } else if (isInputObjectType(type)) this.#hideInput(type.name, Object.values(type.getFields()));
    else if (isEnumType(type)) {
      const names = type.getValues().map(({ name }) => name);
      if (this.#areHidden(type.name, names)) this.#hidden.add(type.name);
    } else if (isUnionType(type)) {
      if (type.getTypes().every((item) => this.#isHidden(item))) this.#hidden.add(type.name);
    }
  }

  #hideField(type: FieldsType, field: GraphQLField<unknown, unknown>): void {
    const coordinate = `${type.name}.${field.name}`;
    if (this.#hidden.has(coordinate)) return;
    let isHidden = this.#isHidden(getNamedType(field.type)) || this.#isHiddenBelow(type, field.name);
    for (const input of field.args) {
      const place = `${coordinate}(${input.name}:)`;
      if (this.#isUnusable(input)) this.#hidden.add(place);
      if (this.#hidden.has(place) && isRequiredArgument(input)) isHidden = true;
    }
    if (isHidden) this.#hidden.add(coordinate);
  }

  /** What an object hides may not be had through its interface. */
  #isHiddenBelow(type: FieldsType, field: string): boolean {
    if (!isInterfaceType(type)) return false;
    const { objects, interfaces } = this.#schema.getImplementations(type);
    return [...objects, ...interfaces].some(
      (item) => !this.#isHidden(item) && this.#hidden.has(`${item.name}.${field}`),
    );
  }

  #hideInput(type: string, fields: readonly GraphQLInputField[]): void {
    for (const field of fields) {
      const place = `${type}.${field.name}`;
      if (this.#isUnusable(field)) this.#hidden.add(place);
      if (this.#hidden.has(place) && isRequiredInputField(field)) this.#hidden.add(type);
    }
    const names = fields.map(({ name }) => name);
    if (this.#areHidden(type, names)) this.#hidden.add(type);
  }

  /** An input of a hidden type, or with a default value that shows something hidden. */
  #isUnusable({ type, defaultValue }: Pick<GraphQLInputField, "type" | "defaultValue">): boolean {
    return this.#isHidden(getNamedType(type)) || this.#uses(type, defaultValue);
  }

  #uses(type: GraphQLInputType, value: unknown): boolean {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const items = Array.isArray(value) ? value : [value];
      return items.some((item) => this.#uses(nullable.ofType, item));
    }
    if (isEnumType(nullable)) return this.#hidden.has(`${nullable.name}.${value}`);
    if (!isInputObjectType(nullable) || typeof value !== "object" || value === null) return false;
    const fields = nullable.getFields();
    return Object.entries(value).some(([name, item]) => {
      const field = fields[name];
      return this.#hidden.has(`${nullable.name}.${name}`) || (field && this.#uses(field.type, item));
    });
  }

  #isHidden({ name }: GraphQLNamedType): boolean {
    return this.#hidden.has(name);
  }

  #areHidden(type: string, names: readonly string[]): boolean {
    return names.every((name) => this.#hidden.has(`${type}.${name}`));
  }

  #hideExcluded(coordinate: string): void {
    if (this.#isExcluded(coordinate)) this.#hidden.add(coordinate);
  }

  #isExcluded(coordinate: string): boolean {
    return this.#filter.exclude.some((name) => this.#tags.get(coordinate)?.has(name));
  }

  #isIncluded(coordinate: string): boolean {
    const { include } = this.#filter;
    return include.length === 0 || include.some((name) => this.#tags.get(coordinate)?.has(name));
  }
}
