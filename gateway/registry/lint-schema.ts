import {
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  type TypeNode,
} from "graphql";
import type { Finding } from "../supergraph/finding.ts";

/**
 * What a schema should have whatever it is about: names in the usual cases, descriptions, pages for lists of entities.
 * One warning per rule, which names the first places, so that a large schema's are not drowned in them.
 *
 * @param sdl parses as GraphQL
 */
export function lintSchema({
  name,
  sdl,
}: {
  readonly name: string;
  readonly sdl: string;
}): readonly Finding[] {
  const document = parse(sdl);
  const places = document.definitions.flatMap(placesOf);
  const entities = entityNames(document);
  return RULES.flatMap(({ code, says, remedy, breaks }) => {
    const found = places.filter((place) => breaks(place, entities)).map(({ coordinate }) => coordinate);
    const [first] = found;
    if (first === undefined) return [];
    const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : "";
    const message = `${says}: ${found.slice(0, SHOWN).join(", ")}${more}.`;
    return [{ severity: "warning", code, coordinate: first, subgraphs: [name], message, remedy }];
  });
}

/** Places named in one warning. */
const SHOWN = 5;

interface Place {
  readonly coordinate: string;
  readonly name: string;
  readonly kind: "type" | "field" | "input" | "value";
  readonly isDescribed: boolean;
  /** The field, where it is one. */
  readonly field: FieldDefinitionNode | null;
  readonly parent: string;
}

interface Rule {
  readonly code: string;
  readonly says: string;
  readonly remedy: string;
  readonly breaks: (place: Place, entities: ReadonlySet<string>) => boolean;
}

const CASES: Readonly<Record<Place["kind"], RegExp>> = {
  type: /^[A-Z][A-Za-z0-9]*$/,
  field: /^[a-z][A-Za-z0-9]*$/,
  input: /^[a-z][A-Za-z0-9]*$/,
  value: /^[A-Z][A-Z0-9_]*$/,
};
const PAGES = ["first", "last", "limit"];

const RULES: readonly Rule[] = [
  {
    code: "NAMING",
    says: "Names are not in the usual case",
    remedy:
      "Write Types in PascalCase, fields, arguments and inputs in camelCase, enum values in UPPER_CASE.",
    breaks: ({ name, kind }) => !name.startsWith("_") && !CASES[kind].test(name),
  },
  {
    code: "DESCRIPTION_MISSING",
    says: "There is no description",
    remedy: "Say in a string above each type and field what it means to those who read the catalog.",
    breaks: ({ kind, isDescribed, name }) =>
      (kind === "type" || kind === "field") && !isDescribed && name !== "id",
  },
  {
    code: "LIST_NOT_PAGED",
    says: "Lists of entities are given out whole",
    remedy: "Give the field an argument `first`, or return a connection.",
    breaks: ({ field, parent }, entities) =>
      field !== null &&
      !/(Connection|Edge)$/.test(parent) &&
      isListOf(field.type, entities) &&
      !field.arguments?.some(({ name }) => PAGES.includes(name.value)),
  },
];

/** What other subgraphs describe is theirs: extensions and root types have no description of their own. */
function placesOf(node: DefinitionNode): readonly Place[] {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const parent = node.name.value;
      const isRoot = ["Query", "Mutation", "Subscription"].includes(parent);
      const fields = (node.fields ?? []).flatMap((field) => fieldPlaces(parent, field));
      return [{ ...typePlace(node), isDescribed: isRoot || isDescribed(node) }, ...fields];
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return [
        typePlace(node),
        ...(node.fields ?? []).map((field) => inputPlace(`${node.name.value}.`, field, "")),
      ];
    case Kind.ENUM_TYPE_DEFINITION:
      return [
        typePlace(node),
        ...(node.values ?? []).map((value) => ({
          ...place(`${node.name.value}.${value.name.value}`, value.name.value, "value"),
        })),
      ];
    default:
      return [];
  }
}

function typePlace(node: {
  readonly name: { readonly value: string };
  readonly description?: unknown;
}): Place {
  return { ...place(node.name.value, node.name.value, "type"), isDescribed: isDescribed(node) };
}

function fieldPlaces(parent: string, field: FieldDefinitionNode): readonly Place[] {
  const name = field.name.value;
  const isExternal = field.directives?.some((item) => item.name.value.endsWith("external")) === true;
  if (isExternal) return [];
  const own = {
    ...place(`${parent}.${name}`, name, "field"),
    parent,
    field,
    isDescribed: isDescribed(field),
  };
  return [own, ...(field.arguments ?? []).map((item) => inputPlace(`${parent}.${name}(`, item, ":)"))];
}

function inputPlace(before: string, { name }: InputValueDefinitionNode, after: string): Place {
  return place(`${before}${name.value}${after}`, name.value, "input");
}

function place(coordinate: string, name: string, kind: Place["kind"]): Place {
  return { coordinate, name, kind, isDescribed: true, field: null, parent: "" };
}

function isDescribed({ description }: { readonly description?: unknown }): boolean {
  return description !== undefined;
}

/** The objects that have a key. */
function entityNames({ definitions }: DocumentNode): ReadonlySet<string> {
  return new Set(
    definitions.flatMap((node) =>
      (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) &&
      node.directives?.some(({ name }) => name.value === "key" || name.value.endsWith("__key"))
        ? [node.name.value]
        : [],
    ),
  );
}

function isListOf(type: TypeNode, names: ReadonlySet<string>): boolean {
  let isList = false;
  let node = type;
  while (node.kind !== Kind.NAMED_TYPE) {
    if (node.kind === Kind.LIST_TYPE) isList = true;
    node = node.type;
  }
  return isList && names.has(node.name.value);
}
