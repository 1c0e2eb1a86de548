import fc from "fast-check";
import { buildSchema, type DocumentNode, getOperationAST, parse, specifiedRules, validate } from "graphql";
import { expect, test } from "vitest";
import { SIGNATURE_RULES } from "../../../gateway/request/simulated-side.ts";
import { namesOfClient } from "../../../shared/operation-names.ts";
import { chosenPart, isSignature, operationSignature } from "../../../shared/operation-signature.ts";

const schema = buildSchema(`
  type Query { customer(id: ID, size: Int): Customer customers(filter: Filter, ids: [ID]): [Customer!]! }
  type Customer { id: ID! name: String orders(first: Int): [Order!]! }
  type Order { id: ID! total: Float customer: Customer }
  input Filter { city: String names: [String!] within: Filter }`);

/** Plain ones, stand-ins, and ones that may say who somebody is; each may be a name of every kind. */
const PLAIN = ["customerId", "checkout", "first", "city", "orders"];
const STAND_INS = ["x", "x1", "x2", "x3", "x10"];
const TELLING = ["maria_example_com", "peterJones", "ofMaria", "beta", "x12345678", "n4915112345678"];
const name = fc.constantFrom(...PLAIN, ...STAND_INS, ...TELLING);
const names = fc.uniqueArray(name, { maxLength: 6 });

/** How a variable comes in, and its type. */
const USES = [
  ["ID", (name: string) => `customer(id: $${name}) { id }`],
  ["Int", (name: string) => `customer(size: $${name}) { id name }`],
  ["ID", (name: string) => `customers(ids: ["maria", $${name}]) { name }`],
  ["String", (name: string) => `customers(filter: { within: { city: $${name} } }) { id }`],
  ["Boolean!", (name: string) => `customer(id: 7) @include(if: $${name}) { name }`],
] as const;
const variables = names.chain((all) =>
  fc.tuple(...all.map((item) => fc.tuple(fc.constant(item), fc.constantFrom(...USES)))),
);

const operation = fc
  .record({
    own: fc.option(name, { nil: "" }),
    description: fc.constantFrom("", '"of maria_example_com" ', '"""of\n  maria_example_com""" '),
    variables,
    fragments: names,
    nested: fc.nat(),
    aliases: fc.boolean(),
  })
  .map(({ own, description, variables, fragments, nested, aliases }) => {
    const inputs = variables.map(([item, [type]]) => `$${item}: ${type}`).join(", ");
    const fields = variables.map(
      ([item, [, use]], at) => `${aliases ? `maria${at}` : `f${at}`}: ${use(item)}`,
    );
    // A chain to some of them; what comes after is spread where it is free to be.
    const chained = fragments.length === 0 ? 0 : nested % fragments.length;
    const spread = fragments.filter((_, at) => at === 0 || at > chained).map((item) => `...${item}`);
    const bodies = fragments.map((item, at) => {
      const next = at < chained ? `orders(first: 3) { customer { ...${fragments[at + 1]} } }` : "name";
      return `fragment ${item} on Customer { maria: id ${next} }`;
    });
    return `${description}query ${own}${inputs && `(${inputs})`} {
      # of maria_example_com
      ${fields.join("\n")} own: customer(id: "maria_example_com") { id ${spread.join(" ")} }
    }
    ${bodies.join("\n")}`;
  });

function sign(document: DocumentNode, coordinates: readonly string[]) {
  const operation = getOperationAST(document);
  if (!operation) throw new Error("one operation");
  return operationSignature(chosenPart(document, operation), operation, coordinates);
}

test("every valid operation has a signature that is valid, that of itself, and says nothing of anybody", () => {
  const seed = Number(process.env.SIGNATURE_SEED ?? Date.now());
  console.log(`SIGNATURE_SEED=${seed}`);
  fc.assert(
    fc.property(operation, fc.constantFrom([], ["Filter.city", "Order.total"]), (source, coordinates) => {
      const document = parse(source);
      expect(validate(schema, document, specifiedRules)).toEqual([]);
      const signed = sign(document, coordinates);
      const read = parse(signed.signature);
      expect(validate(schema, read, SIGNATURE_RULES)).toEqual([]);
      expect(isSignature(signed, read, coordinates)).toBe(true);
      expect(sign(read, coordinates)).toEqual(signed);
      // Gateways do not know the coordinates, the registry does.
      const ofGateway = sign(document, []);
      expect(isSignature(ofGateway, parse(ofGateway.signature), coordinates)).toBe(true);
      const kept = [...namesOfClient(read)].filter((item) => TELLING.includes(item));
      // An operation's own name is kept where it looks like nobody's address or number.
      expect(kept.filter((item) => item !== signed.name)).toEqual([]);
      expect(signed.signature).not.toMatch(/example|maria_|\d{5}/);
    }),
    { seed, numRuns: 400 },
  );
});
