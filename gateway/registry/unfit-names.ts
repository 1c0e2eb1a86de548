import { getLocation, parse, visit } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { LONGEST_NAME } from "../../shared/longest-name.ts";
import { overlongNames } from "../../shared/overlong-names.ts";
import { parseProductDescriptor } from "../../shared/product-descriptor.ts";
import type { Finding } from "../supergraph/finding.ts";

/**
 * Names and ids that are refused in a schema or descriptor that is published now, because they are longer than tables of the
 * catalog, of usage and of the audit take as keys. They take effect all the same where they are published already.
 *
 * @param sdl parses as GraphQL
 * @param product text of `product.yaml`; null or absent for none
 */
export function unfitNames({
  name,
  sdl,
  product,
}: {
  readonly name: string;
  readonly sdl: string;
  readonly product?: string | null | undefined;
}): readonly Finding[] {
  const places = product ? overlongPlaces(product) : [];
  const described = places.map((place) =>
    finding(name, `product.yaml: ${place} has more than ${LONGEST_NAME} characters.`),
  );
  return [...longNames(name, sdl), ...described];
}

function longNames(subgraph: string, sdl: string): readonly Finding[] {
  const found = new Map<string, Finding>();
  visit(parse(sdl), {
    Name: ({ value, loc }) => {
      if (value.length <= LONGEST_NAME || found.has(value)) return;
      const shown = `${value.slice(0, SHOWN)}…`;
      const location = loc ? { location: getLocation(loc.source, loc.start) } : {};
      const message = `The name ${shown} has ${value.length} characters; there may be ${LONGEST_NAME}.`;
      found.set(value, { ...finding(subgraph, message), ...location });
    },
  });
  return [...found.values()];
}

/** Characters of a name that a message shows. */
const SHOWN = 40;

function finding(subgraph: string, message: string): Finding {
  return {
    severity: "error",
    code: "NAME_TOO_LONG",
    coordinate: null,
    subgraphs: [subgraph],
    message,
    remedy: "Shorten it: names are keys in the catalog, in usage and in the audit.",
  };
}

/** Of a descriptor that is not right there is an error to read. */
function overlongPlaces(product: string): readonly string[] {
  try {
    return overlongNames(parseProductDescriptor(product, "product.yaml"));
  } catch (error) {
    if (error instanceof ClientError) return [];
    throw error;
  }
}
