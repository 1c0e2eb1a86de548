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
  expect(signature).toContain("query x($x1:ID!,$x2:Int)");
  expect(signature).toContain("...x3");
  expect(signature).toContain("fragment x3 on Customer");
});

test("what differs only in whom it is about is one operation", () => {
  const ofSomebody = (who: string) =>
    sign(`query ${who}_example_com { ${who}: customer(id: "${who}") { name } }`);
  expect(ofSomebody("maria")).toEqual(ofSomebody("peter"));
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
