import { linked } from "../../testkit/compose-schemas.ts";
import { type MeshOptions, type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const people = {
  sdl: `extend schema @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@dataProduct"])
    @dataProduct(id: "hr.people", domain: "hr", version: "1.0.0", status: ACTIVE)
  ${linked(`
    type Query { staff: [Person!]! failing: String slow: String one(name: String): String }
    type Mutation { rename(name: String!): Person }
    type Person @key(fields: "id") @rowFilter(field: "region", claim: "regions") {
      id: ID! name: String region: String
      email: String @mask(strategy: EMAIL, unlessScopes: ["pii"])
      salary: Int @requiresScopes(scopes: [["hr"]])
    }`)}`,
  resolvers: {
    Query: {
      staff: () => [{ id: "1", name: "Ada", region: "EMEA", email: "ada@example.com", salary: 7 }],
      failing: () => {
        throw new Error("CANARY");
      },
      one: (_: unknown, { name }: { name?: string }) => name,
    },
    Mutation: { rename: (_: unknown, { name }: { name: string }) => ({ id: "1", region: "EMEA", name }) },
    Person: { __resolveReference: (reference: object) => reference },
  },
};
const pay = {
  sdl: linked(`type Person @key(fields: "id") { id: ID! grade: Int }`),
  resolvers: { Person: { __resolveReference: (reference: object) => reference, grade: () => 3 } },
};

export interface ObservedMesh extends SmallMesh {
  readonly issuer: TokenIssuer;
}

/** Two domains of one product, and an issuer of tokens. */
export async function startObservedMesh(config?: MeshOptions["config"]): Promise<ObservedMesh> {
  const issuer = await TokenIssuer.start();
  const subgraphs = { people, pay };
  const mesh = await startSmallMesh({ subgraphs, issuers: [issuer], ...(config ? { config } : {}) });
  const stop = async () => {
    await mesh.stop();
    await issuer.stop();
  };
  return { ...mesh, issuer, stop };
}
