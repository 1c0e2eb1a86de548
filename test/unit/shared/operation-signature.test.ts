import { getOperationAST, parse } from "graphql";
import { expect, test } from "vitest";
import { chosenPart, isSignature, operationSignature } from "../../../shared/operation-signature.ts";

function sign(source: string) {
  const document = parse(source);
  const operation = getOperationAST(document, null);
  if (!operation) throw new Error(`no operation in ${source}`);
  const signed = operationSignature(chosenPart(document, operation), operation);
  // What one gateway signs, every registry takes as it is.
  expect(isSignature(signed, parse(signed.signature), [])).toBe(true);
  return signed;
}

test("an operation of plain names keeps them", () => {
  expect(
    sign(`query CheckoutPage($customerId: ID!) { customer(id: $customerId) { ...CustomerFields } }
          fragment CustomerFields on Customer { name }`),
  ).toEqual({
    name: "CheckoutPage",
    signature:
      "fragment CustomerFields on Customer{name}query CheckoutPage($customerId:ID!){customer(id:$customerId){...CustomerFields}}",
  });
});

test("names of variables, fragments and operations that may say who somebody is have others in their place", () => {
  const { name, signature } = sign(`
    query maria_example_com($maria_smith: ID!, $peterJones: Int) {
      customer(id: $maria_smith) { ...OfMariaSmith orders(first: $peterJones) { id } }
    }
    fragment OfMariaSmith on Customer { name }`);
  expect(name).toBe("x");
  expect(signature).not.toMatch(/maria|smith|peter|jones|example/i);
  expect(signature).toContain("query x($x:ID!,$x1:Int)");
  expect(signature).toContain("...x");
  expect(signature).toContain("fragment x on Customer");
});

test("what differs only in whom it is about is one operation", () => {
  const ofSomebody = (who: string) =>
    sign(`query ${who}_example_com { ${who}: customer(id: "${who}") { name } }`);
  expect(ofSomebody("maria")).toEqual(ofSomebody("peter"));
});

test("a name that a client took from the stand-ins is its alone", () => {
  expect(sign("query Tile($x: Int!, $beta: Int!, $x1: Int!) { f(a: $x, b: $beta, c: $x1) }").signature).toBe(
    "query Tile($x:Int!,$x1:Int!,$x2:Int!){f(a:$x,b:$x2,c:$x1)}",
  );
});

test("a variable that is called like the operation takes nothing from the operation's name", () => {
  expect(sign("query checkout($checkout: ID) { cart(id: $checkout) { id } }")).toEqual({
    name: "checkout",
    signature: "query checkout($x:ID){cart(id:$x){id}}",
  });
});

test("what only a hidden object names makes no name plain", () => {
  expect(sign("query Read($city: String) { customers(filter: { city: $city }) { id } }").signature).toBe(
    "query Read($x:String){customers(filter:{}){id}}",
  );
});

test.each([
  `query Read{customer(id:"maria"){name}}`,
  `query Read{customers(first:17){name}}`,
  `query Read{customers(ids:["a"]){name}}`,
  `query Read{customers(filter:{name:"a"}){name}}`,
  `query Read{maria:customer{name}}`,
  `query Read{customer{name}}#maria`,
  `query Read($maria:ID){customer(id:$maria){name}}`,
  `query maria_example_com{customer{name}}`,
])("%s is no signature", (signature) => {
  expect(isSignature({ name: "Read", signature }, parse(signature), [])).toBe(false);
});
