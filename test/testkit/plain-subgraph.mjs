// A subgraph without the kit and without a Federation library: what a team in another language has to write.
// It needs HTTP, GraphQL, `_service` and `_entities`, and the gateway's published keys. PORT, NAME, JWKS_URL.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { buildSchema, graphql } from "graphql";

const { PORT = "0", NAME = "shipping", JWKS_URL = "" } = process.env;

const sdl = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@owner"])

"An order, as far as shipping knows it."
type Order @key(fields: "id") {
  "Stable id."
  id: ID!
  "How it travels."
  shipment: Shipment
}

"One parcel."
type Shipment @owner(team: "shipping-domain", contact: "shipping-domain@example.com") {
  "Who carries it."
  carrier: String!
  "On whose behalf it was asked for."
  askedBy: String
}
`;

const schema = buildSchema(`
  type Query { _service: _Service!, _entities(representations: [_Any!]!): [_Entity]! }
  type _Service { sdl: String }
  scalar _Any
  union _Entity = Order
  type Order { id: ID! shipment: Shipment }
  type Shipment { carrier: String! askedBy: String }
`);

const rootValue = {
  _service: { sdl },
  _entities: ({ representations }, caller) =>
    representations.map(({ __typename, id }) => ({
      __typename,
      id,
      shipment: { carrier: `Carrier of ${id}`, askedBy: caller.sub ?? null },
    })),
};

let keys = new Map();

/** The gateway's key of that id; the set is fetched anew where it is not known. */
async function keyOf(kid) {
  if (!keys.has(kid)) {
    const set = await (await fetch(JWKS_URL)).json();
    keys = new Map(set.keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
  }
  return keys.get(kid);
}

const decode = (part) => JSON.parse(Buffer.from(part, "base64url").toString());

/** The claims of an identity token that the gateway made for this subgraph, or null. */
async function callerOf(authorization = "") {
  try {
    const [head, body, signature] = authorization.replace(/^Bearer /, "").split(".");
    const { alg, typ, kid } = decode(head);
    const key = alg === "EdDSA" && typ === "dpg-identity+jwt" ? await keyOf(kid) : undefined;
    const signed = Buffer.from(`${head}.${body}`);
    if (!key || !verify(null, signed, key, Buffer.from(signature, "base64url"))) return null;
    const claims = decode(body);
    const isMine = claims.iss === "data-product-gateway" && claims.aud === NAME;
    return isMine && claims.exp > Date.now() / 1000 ? claims : null;
  } catch {
    return null;
  }
}

const server = createServer(async (request, response) => {
  const caller = await callerOf(request.headers.authorization);
  let body = "";
  for await (const chunk of request) body += chunk;
  response.setHeader("content-type", "application/json");
  if (caller === null) return response.writeHead(401).end('{"errors":[{"message":"Only the gateway"}]}');
  const { query, variables } = JSON.parse(body);
  const result = await graphql({
    schema,
    rootValue,
    source: query,
    variableValues: variables,
    contextValue: caller,
  });
  response.end(JSON.stringify(result));
});
server.listen(Number(PORT), "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
